// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import io.evenkeel.itests.kit.Body;
import io.evenkeel.itests.kit.Lane;
import io.evenkeel.itests.kit.oracle.Oracle;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Orders, payments and refunds, keyed by two fields that each type calls differently, in source time; queries over them
 * with every kind of window; and what must come of them.
 *
 * <p>Both fields of the key have the same values, so that exchanging them would show.
 */
final class Orders {
    static final long START = Instant.parse("2026-03-01T00:00:00Z").toEpochMilli();
    static final Duration WAIT = Duration.ofSeconds(5);

    private static final List<String> NAMES = List.of("n0", "n1", "n2");
    private static final int COUNT = 700;
    private static final int REFUNDS = 40;

    private static final String BY_PLACED = ", timeFrom: placed, wait: 5 s, heartbeat: OrderClock}\n";
    private static final String ORDER = "  - {event: Sale, key: {customer: buyer, shop: outlet}, filter: amount > 2, ";
    private static final String PAYMENT = "  - {event: Payment, key: {shop: shop, customer: payer}, ";
    private static final String BY_MADE = ", timeFrom: made, wait: 5 s, heartbeat: PaymentClock}\n";
    private static final String REFUND = "  - {event: Refund, key: {shop: shop, customer: payer}, within: 60 s,"
            + " timeFrom: given, wait: 5 s, idle: 2 s}\n";

    /**
     * A query, and the same for a plain Esper with filter and windows written out.
     *
     * @param keyed by customer and shop; else all events are one key
     */
    private record Asked(String name, boolean keyed, String inputs, String epl, String oracle) {
        String document() {
            return "---\nquery: " + name + "\ninputs:\n" + inputs + "epl: \"" + epl
                    + "\"\noutput: {event: Found, to: \"queue:found\"}\n";
        }

        boolean reads(String type) {
            return inputs.contains("event: " + type + ",");
        }
    }

    private static final List<Asked> QUERIES = List.of(
            new Asked(
                    "newest",
                    true,
                    ORDER + "within: 60 s, retain: 4, unique: item" + BY_PLACED,
                    "select count(*) as n, sum(amount) as s from Sale",
                    "select count(*) as n, sum(amount) as s from Sale(amount > 2)#time(60)#rank(item, 4, placed desc)"),
            new Asked(
                    "everyone",
                    false,
                    "  - {event: Sale, filter: amount > 2, within: 30 s" + BY_PLACED,
                    "select count(*) as n, max(amount) as m from Sale",
                    "select count(*) as n, max(amount) as m from Sale(amount > 2)#time(30)"),
            new Asked(
                    "joined",
                    true,
                    ORDER + "retain: 3, unique: item" + BY_PLACED + PAYMENT + "retain: 3" + BY_MADE,
                    "select o.id as o, p.id as p from Sale as o, Payment as p where o.amount = p.amount",
                    "select o.id as o, p.id as p from Sale(amount > 2)#rank(item, 3, placed desc) as o,"
                            + " Payment#length(3) as p where o.amount = p.amount"),
            new Asked(
                    "paid",
                    true,
                    ORDER + "within: 60 s" + BY_PLACED + PAYMENT + "within: 60 s" + BY_MADE,
                    "select o.id as o, p.id as p from pattern"
                            + " [every o=Sale -> p=Payment(amount = o.amount) where timer:within(40 sec)]",
                    "select o.id as o, p.id as p from pattern"
                            + " [every o=Sale(amount > 2) -> p=Payment(amount = o.amount) where timer:within(40 sec)]"),
            new Asked(
                    "refunded",
                    true,
                    ORDER + "within: 60 s" + BY_PLACED + REFUND,
                    "select o.id as o, r.id as r from Sale as o, Refund as r where o.amount > r.amount",
                    "select o.id as o, r.id as r from Sale(amount > 2)#time(60) as o, Refund#time(60) as r"
                            + " where o.amount > r.amount"));

    /** How many queries read orders, each of which misses one that is late. */
    static final int READ_ORDERS = QUERIES.size();

    static String documents() {
        StringBuilder documents = new StringBuilder("""
                event: Sale
                fields: {id: string, buyer: string, outlet: string, item: string, amount: integer, placed: timestamp}
                ---
                event: Payment
                fields: {id: string, shop: string, payer: string, amount: integer, made: timestamp}
                ---
                event: Refund
                fields: {id: string, shop: string, payer: string, amount: integer, given: timestamp}
                ---
                event: OrderClock
                fields: {id: string, placed: timestamp}
                ---
                event: PaymentClock
                fields: {id: string, made: timestamp}
                """);
        QUERIES.forEach(query -> documents.append(query.document()));
        return documents.toString();
    }

    /** @param readAfterMs how long it takes to its queue, in source time */
    private record Told(
            String type, String id, String customer, String shop, String item, int amount, long at, long readAfterMs) {
        String line() {
            Map<String, Object> fields = new TreeMap<>();
            fields.put("id", id);
            fields.put("amount", amount);
            String time = Instant.ofEpochMilli(at).toString();
            switch (type) {
                case "Sale" -> fields.putAll(Map.of("buyer", customer, "outlet", shop, "item", item, "placed", time));
                case "Payment" -> fields.putAll(Map.of("payer", customer, "shop", shop, "made", time));
                default -> fields.putAll(Map.of("payer", customer, "shop", shop, "given", time));
            }
            return Body.of(fields);
        }

        Object[] values() {
            return type.equals("Sale")
                    ? new Object[] {id, customer, shop, item, amount, at}
                    : new Object[] {id, shop, customer, amount, at};
        }
    }

    private final Random random;
    private final List<Told> events = new ArrayList<>();
    private final long silenceAt;
    private final long end;

    /** Refunds come in the first minute only, payments in the first half. */
    Orders(Random random) {
        this.random = random;
        long at = START;
        long refundsUntil = START + 60_000;
        for (int i = 0; i < REFUNDS; i++) {
            at += 1 + random.nextInt(1_400);
            events.add(told("Refund", i, Math.min(at, refundsUntil + i), 0));
        }
        at = START + 500;
        long lastPayment = START;
        for (int i = 0; i < COUNT; i++) {
            at += 10 + random.nextInt(700);
            boolean payment = i < COUNT / 2 && random.nextInt(3) == 0;
            lastPayment = payment ? at : lastPayment;
            events.add(told(payment ? "Payment" : "Sale", i, at, random.nextInt((int) WAIT.toMillis())));
        }
        silenceAt = lastPayment;
        end = at + Duration.ofHours(1).toMillis();
        events.sort(Comparator.comparingLong(Told::at));
    }

    private Told told(String type, int number, long at, long readAfterMs) {
        return new Told(
                type,
                type.charAt(0) + "" + number,
                NAMES.get(random.nextInt(NAMES.size())),
                NAMES.get(random.nextInt(NAMES.size())),
                "i" + random.nextInt(5),
                random.nextInt(8),
                at,
                readAfterMs);
    }

    int published() {
        return events.size();
    }

    /** To be published of a type, out of order by less than the wait. @param late of orders: those after the last payment */
    List<String> lines(String type, boolean late) {
        return events.stream()
                .filter(told -> told.type().equals(type) && told.at() > silenceAt == late)
                .sorted(Comparator.comparingLong(told -> told.at() + told.readAfterMs()))
                .map(Told::line)
                .toList();
    }

    /** Whether an order is so late that payments must be known to have got there before it can be seen with them. */
    boolean isHeldByPayments(String id) {
        return events.stream().anyMatch(told -> told.id().equals(id) && told.at() > silenceAt - WAIT.toMillis());
    }

    /** A heartbeat that lets all events go. @param field the input's time field */
    String heartbeat(String field) {
        return Body.of(Map.of("id", "clock", field, Instant.ofEpochMilli(end).toString()));
    }

    /** An order that is late for everyone, when the heartbeats are through. */
    String late() {
        return new Told("Sale", "too-late", "n0", "n0", "i0", 5, START, 0).line();
    }

    /** By how much. */
    long lateMs() {
        return end - WAIT.toMillis() - START;
    }

    SortedMap<Lane, List<String>> expected() {
        SortedMap<Lane, List<String>> expected = new TreeMap<>();
        for (Asked query : QUERIES) {
            try (Oracle oracle = new Oracle(types(), query.oracle(), START)) {
                for (Told told : events) {
                    if (query.reads(told.type())) {
                        oracle.advanceTo(told.at());
                        String key = query.keyed() ? told.customer() + "|" + told.shop() : "";
                        oracle.apply(told.type(), key, told.values());
                    }
                }
                oracle.advanceTo(end - WAIT.toMillis());
                oracle.bodies()
                        .forEach((key, bodies) -> expected.put(new Lane(query.name() + "/default", key), bodies));
            }
        }
        return expected;
    }

    private static Map<String, Map<String, Class<?>>> types() {
        return Map.of(
                "Sale",
                fields("id buyer outlet item amount placed"),
                "Payment",
                fields("id shop payer amount made"),
                "Refund",
                fields("id shop payer amount given"));
    }

    private static Map<String, Class<?>> fields(String names) {
        Map<String, Class<?>> fields = new LinkedHashMap<>();
        for (String name : names.split(" ", -1)) {
            boolean time = List.of("placed", "made", "given").contains(name);
            fields.put(name, name.equals("amount") ? Integer.class : time ? Long.class : String.class);
        }
        return fields;
    }
}
