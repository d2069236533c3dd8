// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper.rule;

import io.evenkeel.runtime.esper.rule.Rule.Area;
import java.util.List;

/** Rules about what a statement computes and when it says so. */
final class SelectRules {
    static final Rule FUNCTION = Rule.of(
                    "aggregate-function",
                    Area.HISTORY,
                    "one of the aggregates avg, count, first, last, max, median, min, sum and window",
                    "aggregates over all that ever was, those whose rounding remembers what has left, and those that break over a null",
                    "It would depend on events that have left the log, or fail.",
                    "Aggregate over the window; or work on window(*) with methods of lists, such as window(*).maxBy(e => e.v).")
            .accepts(
                    "select avg(x) as a, sum(x) as s, median(v) as m from A",
                    "select sum(v, filter: v > 3) as s, count(distinct v) as n from A",
                    "select first(v) as f, last(v) as l, window(v) as vs from A",
                    "select window(*).maxBy(e => e.v).k as k from A")
            .refuses(
                    "select countever(*) as n from A",
                    "select firstever(v) as f from A",
                    "select lastever(v) as f from A",
                    "select maxever(v) as m from A",
                    "select minever(v) as m from A",
                    "select maxby(v).k as k from A",
                    "select minby(v).k as k from A",
                    "select sorted(v) as s from A",
                    "select maxbyever(v) as m from A",
                    "select fmaxever(v, v > 3) as m from A",
                    "select stddev(v) as s from A",
                    "select avedev(v) as s from A",
                    "select rate(10) as r from A",
                    "select leaving() as l from A",
                    "select nth(v, 2) as n from A",
                    "select sum(v, group_by: (v)) as s from A",
                    "select prior(1, v) as p from A");

    static final Rule STEADY = Rule.of(
                    "aggregate-steady",
                    Area.HISTORY,
                    "aggregates, where and group by that look at the event alone",
                    "subqueries, prev and the current time in the where clause, group by or arguments of an aggregate",
                    "These are evaluated when an event enters and again when it leaves. If the answers differ, the aggregate"
                            + " is wrong from then on.",
                    "Put the condition into a statement before this one that inserts into a stream, and aggregate that.")
            .accepts(
                    "insert into H select v, current_timestamp() as at from A; select count(*) as n from H#time(10 sec)"
                            + " where at % 2000 = 0")
            .refuses(
                    "select count(*) as n from A where current_timestamp() % 2000 = 0",
                    "select sum(v - prev(1, v)) as s from A",
                    "select count(*) as n from A as a where exists (select * from B as b where b.w = a.v)",
                    "select count(*) as n from A group by current_timestamp() / 5000",
                    "select count(*) as n from A unidirectional, B",
                    "select sum(v) as s from A#unique(current_timestamp())");

    static final Rule OUTPUT = Rule.of(
                    "output-rate",
                    Area.HISTORY,
                    "no output clause",
                    "output rates",
                    "All of them count from the first event of the key that the engine was shown, even output at: it takes the"
                            + " milliseconds from there. After a replay that is the first one which the log still has, so they"
                            + " would speak at other times, or of other events. And they go on telling about a key whose"
                            + " events have all left.",
                    "Use #time_batch(10 sec, 0L), which gives its rows each ten seconds of the clock, UTC, as long as there"
                            + " are events.")
            .accepts(
                    "select sum(v) as s from A#time_batch(10 sec, 0L)",
                    "select v, count(*) as n from A#time_batch(10 sec, 0L) group by v")
            .refuses(
                    "select sum(v) as s from A output every 10 seconds",
                    "select sum(v) as s from A output last every 10 seconds",
                    "select sum(v) as s from A output snapshot every 10 seconds",
                    "select sum(v) as s from A output first every 2 events",
                    "select sum(v) as s from A output every 3 events",
                    "select sum(v) as s from A output all every 10 seconds",
                    "select sum(v) as s from A output last at (*, *, *, *, *, */10)",
                    "select sum(v) as s from A output snapshot at (*, *, *, *, *, */10)",
                    "select sum(v) as s from A output after 10 events",
                    "select sum(v) as s from A output when count_insert > 3");

    static final Rule ORDER = Rule.of(
                    "select-order",
                    Area.ORDER,
                    "group by with having or with order by, not with both",
                    "group by together with having and order by",
                    "Esper fails when one of two groups that change together does not pass having.",
                    "Leave order by out, or put having as a where into a statement after this one.")
            .accepts(
                    "select v, sum(v) as s from A group by v having sum(v) > 3",
                    "select v, sum(v) as s from A#time_batch(10 sec, 0L) group by v order by sum(v) desc limit 3")
            .refuses("select v, sum(v) as s from A group by v having sum(v) > 3 order by v");

    static final Rule KEPT = Rule.of(
                    "kept-state",
                    Area.HISTORY,
                    "select, insert into or create schema",
                    "named windows, tables, variables, contexts and statements with on or update",
                    "These keep what they were told until they are told otherwise, which is longer than any declared history.",
                    "Insert into a stream and read it with a window.")
            .accepts("create schema H(u int); insert into H select v as u from A; select u from H")
            .refuses(
                    "create window W#time(10 sec) as A; select k from A",
                    "create table T(n count(*)); select k from A",
                    "create variable int x = 1; select k from A",
                    "create context C partition by k from A; select k from A",
                    "create index I on A(k); select k from A",
                    "create expression f { v => v }; select k from A",
                    "on A select k",
                    "on A insert into H select k; select k from A",
                    "update istream A set v = 1; select k from A",
                    "into table T select count(*) as n from A; select k from A",
                    "context C select k from A");

    static final Rule STREAM = Rule.of(
                    "stream-name",
                    Area.HISTORY,
                    "streams that are inputs, or that statements before this one insert into",
                    "streams that feed themselves, inputs as targets, and streams that nobody declared",
                    "A stream that feeds itself never ends; and inputs carry what the log carries, no more.",
                    "Give each derived stream a name of its own, and read it only further down.")
            .accepts("insert into H select v as u from A; insert into G select u + 1 as t from H; select t from G")
            .refuses(
                    "select * from java.lang.Object",
                    "select k from C",
                    "insert into A select * from B",
                    "insert into H select v as u from A; insert into H select u + 1 as u from H; select u from H",
                    "insert into H(u) select v from A; insert into G(u) select u from H; insert into H(u) select u from G;"
                            + " select u from H",
                    "create schema H(u int) inherits A; insert into H select v as u from A; select u from H",
                    "insert rstream into H select v as u from A; select u from H",
                    "select 1 as one from H");

    static final List<Rule> ALL = List.of(FUNCTION, STEADY, OUTPUT, ORDER, KEPT, STREAM);

    private SelectRules() {}
}
