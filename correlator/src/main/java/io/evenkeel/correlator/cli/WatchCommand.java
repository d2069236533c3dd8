// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.cli;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.client.CatalogNews;
import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.Feed;
import io.evenkeel.client.Match;
import io.evenkeel.client.MatchNews;
import io.evenkeel.client.MatchNews.Gap;
import io.evenkeel.correlator.terminal.ProgressBar;
import io.evenkeel.query.json.ExactJson;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows matches and changes of the catalog as they happen. */
@Command(
        name = "watch",
        description =
                "Show matches, and changes of the catalog, as they happen; takes nothing from the queues. Goes on with"
                        + " another node when its own dies.",
        mixinStandardHelpOptions = true)
final class WatchCommand implements Callable<Integer> {
    private static final JsonMapper JSON = ExactJson.MAPPER;
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

    @Option(names = "--query", paramLabel = "QUERY", description = "Only matches of this query.")
    private @Nullable String query;

    @Option(names = "--instance", paramLabel = "INSTANCE", description = "Only matches of instances with this name.")
    private @Nullable String instance;

    @Option(
            names = "--oldest",
            description = "Begin with the oldest match that the cluster has kept, not with the next.")
    private boolean oldest;

    @Option(names = "--count", paramLabel = "N", description = "End after so many matches (default: never).")
    private long count = Long.MAX_VALUE;

    @Mixin
    private ApiOption nodes = new ApiOption();

    @Mixin
    private OutputOption output = new OutputOption();

    @Spec
    private @Nullable CommandSpec spec;

    private long matches;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = requireNonNull(spec, "spec").commandLine().getOut();
        EvenkeelClient client = nodes.patientClient();
        // So that a URL where nobody is gets told, and not waited for.
        long revision = client.cluster().catalogRevision();
        boolean live = ProgressBar.onTerminal() && !output.json();
        try (Feed<MatchNews> feed = client.followMatches(query, instance, oldest ? MatchNews.OLDEST : "");
                Feed<CatalogNews> catalog = client.followCatalog(Long.toString(revision));
                ProgressBar bar = new ProgressBar(System.err, live, 0, System::nanoTime)) {
            while (matches < count) {
                Optional<MatchNews> news = feed.next(LOOK_AGAIN);
                if (news.isPresent()) {
                    show(out, live, news.get().fold(this::line, this::line));
                    bar.add(news.get() instanceof Match ? 1 : 0);
                } else {
                    bar.add(0);
                }
                Optional<CatalogNews> change = catalog.next(Duration.ZERO);
                if (change.isPresent()) {
                    show(out, live, line(change.get()));
                }
            }
        }
        return 0;
    }

    /** Above the line that counts, if there is one. */
    private static void show(PrintWriter out, boolean live, String line) {
        out.println(live ? "\r" + line + "\033[K" : line);
        out.flush();
    }

    private String line(Match match) {
        matches++;
        return output.json()
                ? json("match", match)
                : match.query() + "/" + match.instance() + "  key " + match.key() + "  " + match.event() + " "
                        + match.body();
    }

    private String line(Gap gap) {
        return output.json() ? json("gap", gap) : "GAP  " + gap.reason();
    }

    private String line(CatalogNews news) {
        if (output.json()) {
            return json("catalog", news);
        }
        String put = news.put().stream()
                .map(each -> each.definition() + " version " + each.version())
                .collect(Collectors.joining(", "));
        String deleted = String.join(", ", news.deleted());
        return "catalog revision " + news.revision() + (put.isEmpty() ? "" : "  put " + put)
                + (deleted.isEmpty() ? "" : "  deleted " + deleted);
    }

    private static String json(String type, Object value) {
        ObjectNode line = JSON.createObjectNode().put("type", type);
        line.set(type, JSON.valueToTree(value));
        return line.toString();
    }
}
