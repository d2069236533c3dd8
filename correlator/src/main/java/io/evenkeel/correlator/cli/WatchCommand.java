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
import io.evenkeel.correlator.terminal.LiveLines;
import io.evenkeel.correlator.terminal.Screen;
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
                        + " another node when its own dies. On a terminal a table of the instances that match, else a"
                        + " line for each match.",
        mixinStandardHelpOptions = true)
final class WatchCommand implements Callable<Integer> {
    private static final JsonMapper JSON = ExactJson.MAPPER;
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
    private static final long STEP_NANOS = 200_000_000;

    @Option(names = "--query", paramLabel = "QUERY", description = "Only matches of this query.")
    private @Nullable String query;

    @Option(names = "--instance", paramLabel = "INSTANCE", description = "Only matches of instances with this name.")
    private @Nullable String instance;

    @Option(
            names = "--oldest",
            description = "Begin with the oldest match that the cluster has kept, not with the next.")
    private boolean oldest;

    @Option(names = "--lines", description = "A line for each match on a terminal, too.")
    private boolean lines;

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
        EvenkeelClient client = nodes.patientClient();
        // So that a URL where nobody is gets told, and not waited for.
        long revision = client.cluster().catalogRevision();
        Optional<Screen> screen = output.json() || lines ? Optional.empty() : Screen.find();
        try (Feed<MatchNews> feed = client.followMatches(query, instance, oldest ? MatchNews.OLDEST : "");
                Feed<CatalogNews> catalog = client.followCatalog(Long.toString(revision))) {
            if (screen.isPresent()) {
                draw(feed, catalog, screen.get());
            } else {
                print(feed, catalog);
            }
        }
        return 0;
    }

    private void print(Feed<MatchNews> feed, Feed<CatalogNews> catalog) throws InterruptedException {
        PrintWriter out = requireNonNull(spec, "spec").commandLine().getOut();
        while (matches < count) {
            feed.next(LOOK_AGAIN).map(this::line).ifPresent(out::println);
            catalog.next(Duration.ZERO).map(this::line).ifPresent(out::println);
            out.flush();
        }
    }

    private void draw(Feed<MatchNews> feed, Feed<CatalogNews> catalog, Screen screen) throws InterruptedException {
        LiveLines live = new LiveLines(System.out);
        MatchBoard board = new MatchBoard(screen, System.nanoTime());
        long drawnNanos = System.nanoTime() - STEP_NANOS;
        while (matches < count) {
            Optional<MatchNews> news = feed.next(LOOK_AGAIN);
            if (news.isPresent()) {
                String line = line(news.get());
                if (news.get() instanceof Match match) {
                    board.add(match, line, System.nanoTime());
                } else {
                    live.say(line);
                }
            }
            catalog.next(Duration.ZERO).ifPresent(change -> live.say(screen.cut(line(change))));
            if (System.nanoTime() - drawnNanos >= STEP_NANOS || matches >= count) {
                drawnNanos = System.nanoTime();
                live.draw(board.lines(drawnNanos));
            }
        }
    }

    private String line(MatchNews news) {
        return news.<String>fold(this::line, this::line);
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
