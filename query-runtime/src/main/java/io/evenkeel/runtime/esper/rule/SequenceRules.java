// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper.rule;

import io.evenkeel.runtime.esper.rule.Rule.Area;
import java.util.List;

/** Rules about sequences: patterns and match_recognize. */
final class SequenceRules {
    static final Rule START = Rule.of(
                    "pattern-start",
                    Area.HISTORY,
                    "a pattern that begins with every and one event, such as every a=A -> ...",
                    "patterns that begin anew only when they are done, or never",
                    "Whether an event begins a match must not depend on how an earlier one ended, since that one may have"
                            + " left the log.",
                    "Write every before the first event alone: every a=A -> (b=B -> c=C) where timer:within(20 sec).")
            .accepts(
                    "select a.v as v from pattern [every a=A]",
                    "select a.v as v, b.w as w from pattern [every a=A -> b=B where timer:within(20 sec)]",
                    "select a.v as v, b.w as w from pattern [(every a=A(v > 5) -> b=B(w > a.v) where timer:within(20 sec))"
                            + " or every c=B(w > 8)]")
            .refuses(
                    "select a.v as v from pattern [a=A]",
                    "select a.v as v, b.w as w from pattern [a=A -> b=B where timer:within(20 sec)]",
                    "select a.v as v, b.w as w from pattern [every (a=A -> b=B where timer:within(20 sec))]",
                    "select a.v as v, b.w as w from pattern [every (a=A -> b=B) where timer:within(20 sec)]",
                    "select a.v as v from pattern [every-distinct(a.v) a=A]",
                    "select a.v as v from pattern [every-distinct(a.v, 10 sec) a=A -> timer:interval(5 sec)]",
                    "select a.v as v, b.w as w from pattern [every (a=A and b=B)]",
                    "select 1 as one from pattern [every timer:interval(10 sec)]",
                    "select 1 as one from pattern [every (timer:interval(10 sec) and not A)]",
                    "select 1 as one from pattern [every timer:at(*, *, *, *, *, */10)]");

    static final Rule BOUND = Rule.of(
                    "pattern-bound",
                    Area.HISTORY,
                    "a pattern whose every part ends within the declared history",
                    "patterns that may wait for longer than the declared history",
                    "A pattern that waits remembers the event that began it, and that event leaves the log.",
                    "Add where timer:within(...) to all that follows the first event, with brackets around it, and give a"
                            + " parameter in it a maximum.")
            .accepts(
                    "select a.v as v from pattern [every a=A -> (timer:interval(30 sec) and not B)]",
                    "select a.v as v from pattern [every a=A -> (timer:interval(?:span) and not B)]",
                    "select a.v as v, b.w as w from pattern [every a=A -> (b=B -> timer:interval(2 sec) and not B) where"
                            + " timer:within(30 sec)]",
                    "select a.v as v from pattern [every a=A -> (b=B or timer:interval(10 sec))]",
                    "select a.v as v from pattern [every a=A -> ([2] B) where timer:within(20 sec)]",
                    "select a.v as v from pattern [every a=A -> b=B until timer:interval(10 sec)]")
            .refuses(
                    "select a.v as v, b.w as w from pattern [every a=A -> b=B]",
                    "select a.v as v, b.w as w from pattern [every a=A -> b=B where timer:within(31 sec)]",
                    "select a.v as v, b.w as w from pattern [every a=A -> b=B where timer:within(?:free)]",
                    "select a.v as v from pattern [every a=A -> (timer:interval(40 sec) and not B)]",
                    "select a.v as v from pattern [every a=A -> timer:interval(20 sec) -> timer:interval(20 sec)]",
                    "select a.v as v from pattern [every a=A -> b=B -> B where timer:within(20 sec)]",
                    "select a.v as v from pattern [every a=A -> every b=B where timer:within(20 sec)]",
                    "select a.v as v from pattern [every a=A -> (b=B and timer:interval(10 sec))]",
                    "select a.v as v from pattern [every a=A -> not B]",
                    "select a.v as v from pattern [every a=A -> [2:] b=B until A(v > 5)]");

    static final Rule PARTS = Rule.of(
                    "pattern-part",
                    Area.HISTORY,
                    "patterns made of events, ->, and, or, not, every, [n], until, timer:interval and timer:within",
                    "parts of patterns that make partial matches depend on each other or on the calendar",
                    "Which partial match lives would depend on others that may have left the log.",
                    "Leave it out.")
            .accepts("select a.v as v from pattern [every a=A -> (every b=B) where timer:withinmax(10 sec, 3)]")
            .refuses(
                    "select a.v as v, b.w as w from pattern [every a=A -[3]> b=B where timer:within(20 sec)]",
                    "select a.v as v, b.w as w from pattern [every a=A -> b=B@consume where timer:within(20 sec)]",
                    "select a.v as v, b.w as w from pattern @SuppressOverlappingMatches [every a=A -> b=B where"
                            + " timer:within(20 sec)]",
                    "select a.v as v, b.w as w from pattern @DiscardPartialsOnMatch [every a=A -> b=B where"
                            + " timer:within(20 sec)]",
                    "select a.v as v from pattern [every a=A -> timer:at(*, *, *, *, *, */10) where timer:within(20 sec)]",
                    "select a.v as v from pattern [every a=A -> timer:schedule(period: 2 sec, repetitions: 3)]",
                    "select a.v as v, b.w as w from pattern [every a=A -> b=B while (b.w > 3)]");

    static final Rule AMBIGUOUS = Rule.of(
                    "pattern-ambiguous",
                    Area.ORDER,
                    "branches of or, and not, or until that wait for different event types",
                    "two branches of a pattern that one event may decide differently",
                    "Which of the two sees the event first is an accident of the index of filters, and may differ after a"
                            + " replay.",
                    "Wait for the event once, and tell the cases apart in where or in select.")
            .accepts("select a.v as v from pattern [every a=A -> (b=B(w > 3) and not A) where timer:within(20 sec)]")
            .refuses(
                    "select a.v as v from pattern [every a=A -> (b=B(w > 3) or c=B(w < 5)) where timer:within(20 sec)]",
                    "select a.v as v from pattern [every a=A -> (b=B(w > 3) and not B(w > 5)) where timer:within(20 sec)]",
                    "select a.v as v from pattern [every a=A -> (b=B(w > 3) until c=B(w > 5)) where timer:within(20 sec)]");

    static final Rule ORDER = Rule.of(
                    "pattern-order",
                    Area.ORDER,
                    "filters with =, <, > or in, and one branch for each event type, in a pattern whose matches are inserted,"
                            + " joined or aggregated",
                    "!=, not in and or, in a pattern whose matches are inserted, joined or aggregated",
                    "Several matches of one event would come in an order that may differ after a replay, and it would be"
                            + " carried on.",
                    "Write not (w = a.v) in place of w != a.v, and a statement for each branch of or.")
            .accepts("insert into H select b.w as u from pattern [every a=A -> b=B(not (w = a.v)) where"
                    + " timer:within(10 sec)]; select u from H")
            .refuses(
                    "insert into H select b.w as u from pattern [every a=A -> b=B(w != a.v) where timer:within(10 sec)];"
                            + " select u from H",
                    "insert into H select b.w as u from pattern [every a=A -> b=B(w not in (a.v, 3)) where"
                            + " timer:within(10 sec)]; select u from H",
                    "select last(a.v) as l from pattern [every a=A -> b=B(w != a.v) where timer:within(10 sec)]#time(10 sec)",
                    "insert into H select a.v as u from pattern [every a=A(v > 3) or every b=A(v = 4)]; select u from H");

    static final Rule RECOGNIZE = Rule.of(
                    "recognize-skip",
                    Area.HISTORY,
                    "match_recognize over #time or #length, with after match skip to next row, without all matches and interval",
                    "match_recognize that goes on after the last row of a match, or over windows that lose events from their middle",
                    "Where a match may begin would depend on where the one before it ended, and so on back to the first"
                            + " event of the key; and a search does not forget an event that another replaced.",
                    "Write after match skip to next row, before pattern.")
            .accepts(
                    "select * from A match_recognize (measures X.v as xv, Y.v as yv after match skip to next row pattern"
                            + " (X Y) define Y as Y.v > X.v)")
            .refuses(
                    "select * from A match_recognize (measures X.v as xv, Y.v as yv pattern (X Y) define Y as Y.v > X.v)",
                    "select * from A match_recognize (measures X.v as xv after match skip to current row pattern (X Y)"
                            + " define Y as Y.v > X.v)",
                    "select * from A match_recognize (measures X.v as xv all matches after match skip to next row pattern"
                            + " (X Y+) define Y as Y.v > X.v)",
                    "select * from A match_recognize (measures X.v as xv after match skip to next row pattern (X Y*)"
                            + " interval 10 seconds define Y as Y.v > X.v)",
                    "select * from A#unique(v) match_recognize (measures X.v as xv after match skip to next row pattern (X Y)"
                            + " define Y as Y.v > X.v)");

    static final List<Rule> ALL = List.of(START, BOUND, PARTS, AMBIGUOUS, ORDER, RECOGNIZE);

    private SequenceRules() {}
}
