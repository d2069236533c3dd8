// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.client.Change;
import io.evenkeel.client.ChangeOptions;
import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.ListedDefinition;
import io.evenkeel.correlator.terminal.CommandException;
import io.evenkeel.query.document.Document;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Brings the cluster to what a folder of documents says. */
@Command(
        name = "apply",
        description =
                "Bring the catalog to what the documents of a folder say: show the difference, then make it in one change.",
        mixinStandardHelpOptions = true)
final class ApplyCommand extends DefinitionActions implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Option(
            names = {"-f", "--folder"},
            required = true,
            paramLabel = "DIR",
            description = "All its .yaml, .yml and .json files, also in folders below; or a file.")
    private Path folder = Path.of("");

    @Option(names = "--dry-run", description = "Only show the difference.")
    private boolean dryRun;

    @Option(names = "--prune", description = "Delete what the cluster has and the folder has not.")
    private boolean prune;

    @Override
    public Integer call() throws Exception {
        List<Document> documents = read(files());
        EvenkeelClient client = client().latest();
        List<ListedDefinition> present = new ArrayList<>(client.eventTypes());
        for (ListedDefinition query : client.queries()) {
            present.add(query);
            present.addAll(client.instances(query.definition().id().name()));
        }
        CatalogDifference difference = CatalogDifference.of(present, documents, prune);
        if (!json()) {
            difference.lines().forEach(this::print);
        }
        long revision = 0;
        if (!dryRun && !difference.isEmpty()) {
            // On what was shown and nothing else: each step names what it was decided on.
            ChangeOfMany change = new ChangeOfMany();
            difference
                    .puts()
                    .forEach(put -> change.put(
                            put.document(),
                            put.etag().isEmpty() ? ChangeOptions.createOnly() : ChangeOptions.ifMatch(put.etag())));
            difference.deletions().forEach(gone -> change.delete(gone.id(), ChangeOptions.ifMatch(gone.etag())));
            Change made = change.put(client);
            revision = made.revision();
        }
        tell(difference, revision);
        return 0;
    }

    private void tell(CatalogDifference difference, long revision) {
        if (json()) {
            ObjectNode json =
                    JSON.createObjectNode().put("applied", revision > 0).put("revision", revision);
            ArrayNode put = json.putArray("put");
            difference.puts().forEach(each -> {
                ObjectNode row = put.addObject()
                        .put("definition", each.document().title())
                        .put("create", each.etag().isEmpty());
                each.changes().forEach(row.putArray("changes")::add);
            });
            ArrayNode deleted = json.putArray("delete");
            difference.deletions().forEach(gone -> deleted.add(gone.id().toString()));
            print(json.toString());
        } else if (difference.isEmpty()) {
            print("nothing to do: the catalog is as the folder says");
        } else {
            print(dryRun ? "nothing was changed (--dry-run)" : "in force on all nodes since revision " + revision);
        }
    }

    private List<Path> files() {
        try (Stream<Path> tree = Files.walk(folder)) {
            List<Path> files = tree.filter(Files::isRegularFile)
                    .filter(file -> file.getFileName().toString().matches(".*\\.(yaml|yml|json)"))
                    .sorted()
                    .toList();
            if (files.isEmpty()) {
                throw new CommandException(
                        "Expected .yaml, .yml or .json files in " + folder + ", but there are none.");
            }
            return files;
        } catch (IOException e) {
            throw new CommandException("Expected to read the folder " + folder + ", but could not: " + e, e);
        }
    }
}
