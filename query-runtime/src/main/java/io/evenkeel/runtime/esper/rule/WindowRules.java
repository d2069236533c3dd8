// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper.rule;

import io.evenkeel.runtime.esper.rule.Rule.Area;
import java.util.List;

/** Rules about windows: what a stream may keep, and for how long. */
final class WindowRules {
    static final Rule KIND = Rule.of(
                    "window-kind",
                    Area.HISTORY,
                    "one of the windows time, length, unique, lastevent or time_batch",
                    "windows whose content depends on more than the newest events",
                    "What such a window holds may have been decided by events that left the log long ago.",
                    "Use #time or #length, and put the rest into where, group by or an enumeration method.")
            .accepts(
                    "select count(*) as n from A#time(10 sec)",
                    "select sum(v) as s from A#unique(v)",
                    "select v, prev(1, v) as p from A#time(10 sec)",
                    "select window(v).orderByDesc(e => e).take(3) as top from A")
            .refuses(
                    "select count(*) as n from A#keepall",
                    "select count(*) as n from A#firstunique(v)",
                    "select count(*) as n from A#firstevent",
                    "select count(*) as n from A#firstlength(3)",
                    "select count(*) as n from A#firsttime(10 sec)",
                    "select v from A#sort(3, v)",
                    "select v from A#rank(v, 3, v)",
                    "select v from A#groupwin(v)#length(2)",
                    "select v from A#length_batch(3)",
                    "select v from A#ext_timed(t, 10 sec)",
                    "select v from A#ext_timed_batch(t, 10 sec)",
                    "select v from A#time_length_batch(10 sec, 3)",
                    "select v from A#time_accum(10 sec)",
                    "select v from A#time_order(t, 10 sec)",
                    "select v from A#expr(newest_timestamp - oldest_timestamp < 3)",
                    "select v from A#expr_batch(current_count > 3)",
                    "select * from A#size",
                    "select * from A#uni(v)",
                    "select * from A#derived(v)");

    static final Rule SIZE = Rule.of(
                    "window-size",
                    Area.HISTORY,
                    "a window of at most what the input declares",
                    "windows larger than the history that the input declares, or without a known bound",
                    "Events beyond the declared history are not in the log any more.",
                    "Declare a longer within or a larger retain, make the window smaller, or give the parameter a maximum.")
            .accepts("select count(*) as n from A#time(30 sec)", "select count(*) as n from A#time(?:span)")
            .acceptsRetaining("select sum(v) as s from A#length(3)", "select sum(v) as s from A")
            .refuses(
                    "select count(*) as n from A#time(31 sec)",
                    "select count(*) as n from A#time(1 minute)",
                    "select count(*) as n from A#time(?:free)",
                    "select count(*) as n from A#time(20)#time(1 hour 1 minute)",
                    "select (select count(*) from B#time(40 sec)) as n from A")
            .refusesRetaining("select sum(v) as s from A#length(4)");

    static final Rule BATCH = Rule.of(
                    "window-batch",
                    Area.HISTORY,
                    "#time_batch alone, with a reference point, of at most half of within",
                    "batches that begin at a moment which nobody remembers",
                    "Without a reference point batches are counted from the first event of the key ever; and a batch"
                            + " leaves only when the next one ends.",
                    "Write #time_batch(10 sec, 0L): batches from midnight, UTC; and declare a within of two of them.")
            .accepts("select sum(v) as s from A#time_batch(10 sec, 0L)")
            .refuses(
                    "select sum(v) as s from A#time_batch(10 sec)",
                    "select sum(v) as s from A#time_batch(20 sec, 0L)",
                    "select sum(v) as s from A#time_batch(10 sec, 0L, 'FORCE_UPDATE, START_EAGER')",
                    "select sum(v) as s from A#time_batch(5 sec, 0L)#unique(v)")
            .refusesRetaining("select sum(v) as s from A#time_batch(5 sec, 0L)");

    static final Rule UNION = Rule.of(
                    "window-union",
                    Area.HISTORY,
                    "windows that intersect",
                    "retain-union",
                    "An event stays as long as any of the windows holds it, so the declared bound does not bound it.",
                    "Drop retain-union.")
            .accepts("select sum(v) as s from A#time(10 sec)#length(5)")
            .refuses("select sum(v) as s from A#time(10 sec)#length(5) retain-union");

    static final Rule RETAINED = Rule.of(
                    "window-retained",
                    Area.HISTORY,
                    "an input with within",
                    "filters, #unique and patterns on an input that has retain alone",
                    "Only the last events of a key are kept. The last ones that pass a filter, or that differ, may be older"
                            + " than these; so may the beginning of a pattern.",
                    "Declare within as well, or move the filter into where.")
            .acceptsRetaining(
                    "select sum(v) as s from A where v > ?:p", "select a.v as v, b.w as w from A as a, B as b")
            .refusesRetaining(
                    "select sum(v) as s from A(v > ?:p)",
                    "select sum(v) as s from A#unique(v)",
                    "select a.v as v from pattern [every a=A -> b=B where timer:within(5 sec)]",
                    "select v, (select max(w) from B(w > 3)) as m from A");

    static final Rule REMOVED = Rule.of(
                    "window-removed",
                    Area.ORDER,
                    "group by, rstream or irstream of a stream of which an event pushes out one at most",
                    "group by, rstream and irstream of a stream with #unique and #length, or with two #unique",
                    "An event may push one out of each of the two, and Esper tells of both, or of their groups, in an order"
                            + " that differs from run to run.",
                    "Use one of the two windows; or declare unique and retain in the input, which make one window.")
            .accepts(
                    "select rstream v from A#unique(v)",
                    "select rstream v from A#length(2)",
                    "select sum(v) as s from A#unique(v)#length(2)")
            .refuses("select rstream v from A#unique(v)#length(2)", "select irstream v from A#unique(v)#unique(x)");

    static final Rule DERIVED = Rule.of(
                    "window-derived",
                    Area.HISTORY,
                    "#time on each stream that is joined, aggregated or searched and is not an input",
                    "joins, aggregates and match_recognize over patterns and derived streams without a window in time",
                    "Nothing bounds how far back such a stream is remembered.",
                    "Add #time to it; or unidirectional, in a join.")
            .accepts(
                    "insert into H select v as u from A; select sum(u) as s from H#time(20 sec)",
                    "insert into H select v as u from A; select u from H where u > 3",
                    "insert into H select v as u from A; select h.u as u from H as h unidirectional, B as b",
                    "select count(*) as n from pattern [every a=A -> timer:interval(5 sec)]#time(10 sec)")
            .refuses(
                    "insert into H select v as u from A; select sum(u) as s from H",
                    "insert into H select v as u from A; select sum(u) as s from H#length(3)",
                    "insert into H select v as u from A; select h.u as u from H as h, B as b",
                    "insert into H select v as u from A; select v, (select u from H#lastevent) as u from A",
                    "select count(*) as n from pattern [every a=A]")
            .acceptsRetaining("insert into H select v as u from A; select u from H where u > 3")
            .refusesRetaining(
                    "insert into H select sum(v) as u from A; select max(u) as m from H#time(5 sec)",
                    "insert into H select v as u from A; select max(u) as m from H#time(5 sec)");

    static final Rule REACH = Rule.of(
                    "window-reach",
                    Area.HISTORY,
                    "windows, patterns and streams between statements that together reach back no further than within",
                    "windows over derived streams whose time adds up to more than the declared history",
                    "What is derived from a window of 30 s and kept for 10 s needs events of the last 40 s to be computed"
                            + " again.",
                    "Make the windows smaller, or declare a within of the sum.")
            .accepts(
                    "insert into H select sum(v) as u from A#time(20 sec); select max(u) as m from H#time(10 sec)",
                    "insert into H select v as u from A; select max(u) as m from H#time(30 sec)")
            .refuses(
                    "insert into H select sum(v) as u from A; select max(u) as m from H#time(10 sec)",
                    "insert into H select v as u from A; select max(u) as m from H#time(31 sec)",
                    "select count(*) as n from pattern [every a=A -> timer:interval(20 sec)]#time(20 sec)");

    static final List<Rule> ALL = List.of(KIND, SIZE, BATCH, UNION, RETAINED, REMOVED, DERIVED, REACH);

    private WindowRules() {}
}
