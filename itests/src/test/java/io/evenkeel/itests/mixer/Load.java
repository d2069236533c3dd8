// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.mixer;

import io.evenkeel.itests.kit.Body;
import java.util.Iterator;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/**
 * Readings of keys and amounts at random, one after the other without end. The publisher asks for them in its own
 * thread; the other questions may come from any.
 */
final class Load implements Iterator<String> {
    static final String QUEUE = "readings";
    static final String TYPE = """
            event: Reading
            fields: {id: string, sensor: string, seq: integer, amount: integer}
            """;

    private static final int KEYS = 40;
    /** Far fewer than are published in {@code cluster.dedupeWindow}. */
    private static final int RECENT = 500;
    /** More than those: what the publisher holds and has no outcome of yet comes on top. */
    private static final int KEPT = 1_000;

    private final Random random;
    private final int[] next = new int[KEYS];
    private final String[] kept = new String[KEPT];
    private final Queue<Reading> untold = new ConcurrentLinkedQueue<>();
    private int made;

    /** @param seq counts the events of its key, from 0 */
    record Reading(String id, String sensor, int seq, int amount) {
        private String json() {
            return Body.of(Map.of("id", id, "sensor", sensor, "seq", seq, "amount", amount));
        }
    }

    Load(Random random) {
        this.random = random;
    }

    @Override
    public boolean hasNext() {
        return true;
    }

    @Override
    public synchronized String next() {
        int key = random.nextInt(KEYS);
        int seq = next[key]++;
        Reading reading = new Reading("s" + key + "-" + seq, "s" + key, seq, random.nextInt(100));
        // Before anybody can see a match of it.
        untold.add(reading);
        String line = reading.json();
        kept[made++ % KEPT] = line;
        return line;
    }

    /** Tell what was made since the last call, in its order. */
    void tell(Consumer<Reading> listener) {
        for (Reading reading = untold.poll(); reading != null; reading = untold.poll()) {
            listener.accept(reading);
        }
    }

    /** One of the last events that are with the broker for certain. @param published so many are, at least one */
    synchronized String recent(int published, Random choice) {
        int back = 1 + choice.nextInt(RECENT);
        return kept[Math.max(0, published - back) % KEPT];
    }
}
