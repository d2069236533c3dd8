// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import java.util.List;
import java.util.Optional;

/**
 * That the catalog has reached a revision, with what led to it since the reader's last one.
 *
 * @param put      what was put and is still there
 * @param deleted  titles such as {@code query late-airport}
 * @param complete false: more was deleted than the cluster remembers, so read the lists again
 */
public record CatalogNews(long revision, List<Put> put, List<String> deleted, boolean complete) {
    /** @param definition title, such as {@code instance late-airport/mine} */
    public record Put(String definition, long version, String etag) {}

    public CatalogNews {
        put = List.copyOf(put);
        deleted = List.copyOf(deleted);
    }

    /** A revision is told once, also when the node that told it died before its successor knew. */
    static Feed.Reader<CatalogNews> reader() {
        long[] seen = {Long.MIN_VALUE};
        return event -> {
            if (!event.type().equals("catalog")) {
                return Optional.empty();
            }
            CatalogNews news = event.as(CatalogNews.class);
            if (news.revision() <= seen[0]) {
                return Optional.empty();
            }
            seen[0] = news.revision();
            return Optional.of(news);
        };
    }
}
