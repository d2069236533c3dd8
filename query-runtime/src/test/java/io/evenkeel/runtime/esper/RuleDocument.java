// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import io.evenkeel.runtime.esper.rule.Allowed;
import io.evenkeel.runtime.esper.rule.Rule;
import io.evenkeel.runtime.esper.rule.Rule.Area;
import io.evenkeel.runtime.esper.rule.RuleTable;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Writes the pages for authors from the table of rules. */
final class RuleDocument {
    private static final String NOTE = """
            <!-- Made from the rules in query-runtime (io.evenkeel.runtime.esper.rule): do not edit. Write it again with
            ./mvnw -pl query-runtime -am test -Dtest=RuleDocumentTest -Dsurefire.failIfNoSpecifiedTests=false -Devenkeel.docs.write=true -->
            """;

    private static final String RECOVERABILITY = """

            # What a query may remember

            When a node dies, another one computes what it knew again, from the events that are still in the log: those that
            the query's inputs declare with `within` and `retain`. So a query must not know more than follows from these.
            A definition that could is refused, with the line, the reason and a remedy.

            - A stream without a window gets the declared one. `within` and `retain` together intersect: an event leaves when
              the first of them lets it go.
            - Windows on streams between statements add up. So does the time that a pattern waits.
            - What is not known is refused. A feature of EPL that is missing here can be added, with a rule and its examples.
            - Sums and averages are computed exactly and rounded once: a running sum would keep the rounding errors of
              events that have left. Their last digits may differ from plain Esper's.
            - Matches of a pattern that one event completes come in the order of their text. Statements that see the same
              event run in the order in which they stand.

            The examples read the event types `A(k, v, d, x, t)` and `B(k2, w)`, keyed by `k` and `k2`, `within: 30 seconds`, or
            where it says so `retain: 3` alone. `?:span` is a duration of at most 20 s, `?:free` one without a maximum. All of
            them are run by `RuleTableTest`. That what is accepted can be recovered is tested with queries, events and
            crashes at random: `ReplayPropertyTest`.
            """;

    private static final String SANDBOX = """

            # What a query may call

            A query is EPL that others may write and everyone runs. It computes with the fields of its events and its
            parameters; it reaches no class, no file, no network, no clock but the events', and it cannot run for ever
            unseen. What is not on this page is refused.

            How it is held: the object model of the EPL is compared with lists of what is allowed. The compiler knows no
            class but those that it needs, and no imports. Scripts and inlined classes are switched off. The compiled
            classes' constant pools are read before anything is loaded: they may refer to values, lists, Esper's own
            classes without those that reach out, and our functions. Two compilations run at once at most, each for 30 s
            at most, on threads of their own; one that is stuck is left behind, and its author is told. EPL has at most
            100,000 characters. `attacks.txt` among the tests has what was tried.

            `regexp` and `like` take a pattern in quotes. `regexp` is RE2's: no pattern takes longer than in proportion to the
            text, and there are no back references and no lookaround. A pattern has at most 200 characters and, with all its
            repetitions written out, at most 2,000 steps.

            ## Functions

            Numbers are computed by the same rules on every machine (`StrictMath`), text by no language. Null gives null.

            %s

            ## Methods of text

            %s

            `regexp` and `like` take the place of `matches`, `upper` and `lower` that of `toUpperCase` and `toLowerCase`.

            ## Methods of lists, such as `window(*)`

            %s

            ## Methods of timestamps

            In UTC. `roundCeiling`, `roundFloor` and `roundHalf` take a unit from `msec` to `year`, except weeks.

            %s

            ## Aggregates

            `avg`, `count`, `first`, `last`, `max`, `median`, `min`, `sum`, `window`, with `distinct` and `filter:`.

            ## Types

            In `cast`, `instanceof` and `create schema`:

            %s
            """;

    private RuleDocument() {}

    static String recoverability() {
        return NOTE + RECOVERABILITY + rules(Set.of(Area.HISTORY, Area.ORDER));
    }

    static String sandbox() {
        return NOTE
                + SANDBOX.formatted(
                        list(Allowed.functions()),
                        list(Allowed.textMethods()),
                        list(Allowed.listMethods()),
                        list(Allowed.timeMethods()),
                        list(Allowed.types()))
                + "\n## Rules\n"
                + rules(Set.of(Area.SANDBOX));
    }

    private static String rules(Set<Area> areas) {
        StringBuilder text = new StringBuilder();
        for (Rule rule : RuleTable.all()) {
            if (areas.contains(rule.area())) {
                text.append("\n## ")
                        .append(rule.id())
                        .append("\n\nRefuses ")
                        .append(rule.refuses())
                        .append(".\n\n")
                        .append(rule.reason())
                        .append(' ')
                        .append(rule.remedy())
                        .append("\n\nAccepted:\n\n")
                        .append(examples(rule.accepted()))
                        .append("\nRefused:\n\n")
                        .append(examples(rule.refused()));
            }
        }
        return areas.contains(Area.SANDBOX) ? text.toString().replace("\n## ", "\n### ") : text.toString();
    }

    private static String examples(List<Rule.Example> examples) {
        return examples.stream()
                .map(example ->
                        (example.history() == Rule.History.RETAIN ? "/* retain: 3 */ " : "") + example.epl() + "\n")
                .collect(Collectors.joining("", "```sql\n", "```\n"));
    }

    private static String list(Collection<String> names) {
        return names.stream().map(name -> "`" + name + "`").collect(Collectors.joining(", "));
    }
}
