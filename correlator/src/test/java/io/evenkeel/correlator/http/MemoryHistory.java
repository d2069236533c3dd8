// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import java.util.ArrayList;
import java.util.List;

/** The latest matches in memory; loses some when a test says so. */
public final class MemoryHistory implements MatchHistory {
    private final int capacity;
    private final List<Entry> entries = new ArrayList<>();
    private volatile boolean on = true;
    private long head;

    public MemoryHistory(int capacity) {
        this.capacity = capacity;
    }

    /** A match of query {@code q}, instance {@code i}. */
    public synchronized void add(String... ids) {
        for (String id : ids) {
            addOf("q", "i", id);
        }
    }

    synchronized void addOf(String query, String instance, String id) {
        String json = "{\"id\":\"" + id + "\",\"query\":\"" + query + "\",\"instance\":\"" + instance
                + "\",\"version\":1,\"key\":\"k\",\"cause\":\"c\",\"event\":\"E\",\"destination\":\"queue:q\",\"body\":{\"n\":1}}";
        entries.add(new Entry(id, query, instance, json));
        if (entries.size() > capacity) {
            entries.remove(0);
            head++;
        }
    }

    /** The newest are gone, as if a write had reached no copy. */
    synchronized void lose(int count) {
        entries.subList(entries.size() - count, entries.size()).clear();
    }

    /** All are gone, as after the end of all nodes. */
    synchronized void loseAll() {
        entries.clear();
        head = 0;
    }

    /** As a node does whose feed is switched off. */
    void switchOff() {
        on = false;
    }

    @Override
    public boolean on() {
        return on;
    }

    @Override
    public int capacity() {
        return capacity;
    }

    @Override
    public synchronized Stretch read(long from) {
        long begin = Math.min(Math.max(from, head), head + entries.size());
        int index = (int) (begin - head);
        return new Stretch(begin, entries.subList(index, Math.min(entries.size(), index + MOST)));
    }
}
