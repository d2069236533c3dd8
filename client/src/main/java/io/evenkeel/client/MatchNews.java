// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** What the feed of matches tells: a {@link Match}, or that some may be missing. */
public sealed interface MatchNews permits Match, MatchNews.Gap {
    /** As the place from which {@link EvenkeelClient#followMatches} goes on: the oldest match that is kept. */
    String OLDEST = "0-";

    /** Matches may be missing here: the feed was away for too long, or the cluster has lost what it had kept. */
    record Gap(String reason) implements MatchNews {
        @Override
        public <R> R fold(Function<Match, R> match, Function<Gap, R> gap) {
            return gap.apply(this);
        }
    }

    /** Either the one or the other. */
    <R> R fold(Function<Match, R> match, Function<Gap, R> gap);

    /** A match is given out once, also when it comes again after a gap. */
    static Feed.Reader<MatchNews> reader() {
        int most = 20_000;
        Set<String> seen = Collections.newSetFromMap(new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Boolean> oldest) {
                return size() > most;
            }
        });
        return event -> switch (event.type()) {
            case "match" ->
                Optional.of(event.as(Match.class))
                        .filter(match -> seen.add(match.id()))
                        .map(match -> match);
            case "gap" -> Optional.of(event.as(Gap.class));
            default -> Optional.empty();
        };
    }
}
