// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import io.evenkeel.query.Parameter;
import io.evenkeel.query.ParameterType;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInput;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/**
 * Makes queries at random: what the check may accept, and not much more. It does not know the rules, so that some of its
 * sentences are refused; what is not refused must be recoverable.
 */
final class DefinitionGrammar {
    static final List<Parameter> PARAMETERS = List.of(
            Queries.parameter("p", ParameterType.INTEGER),
            new Parameter("span", ParameterType.DURATION, null, null, 6.0, List.of(), ""));

    private final Random random;
    /** Of the inputs, in seconds. */
    private final int within;

    private final boolean retainOnly;
    private final boolean keyed;

    DefinitionGrammar(Random random) {
        this.random = random;
        this.within = 4 + random.nextInt(12);
        this.retainOnly = random.nextInt(6) == 0;
        this.keyed = random.nextInt(8) > 0;
    }

    QueryDefinition next() {
        String epl = sentence();
        boolean both = random.nextInt(4) == 0;
        return Queries.query(
                epl, List.of(input("A", "k", both), input("B", "k2", both)), PARAMETERS.toArray(Parameter[]::new));
    }

    private QueryInput input(String event, String key, boolean both) {
        String field = event.equals("A") ? "v" : "w";
        QueryInput input = Queries.input(
                event,
                retainOnly ? null : Duration.ofSeconds(within),
                retainOnly || both ? 2 + random.nextInt(5) : null,
                keyed ? new String[] {key} : new String[0]);
        if (random.nextInt(8) == 0) {
            input = input.where(field + " > 1");
        }
        return random.nextInt(8) == 0 ? input.newestOf(List.of(field)) : input;
    }

    private String sentence() {
        return this.<Supplier<String>>pick(List.of(
                        this::aggregate,
                        this::aggregate,
                        this::rows,
                        this::join,
                        this::joinAggregate,
                        this::pattern,
                        this::pattern,
                        this::patternAggregate,
                        this::subquery,
                        this::chain,
                        this::chain,
                        this::twoWriters,
                        this::recognize,
                        this::batches))
                .get();
    }

    private String aggregate() {
        String group = random.nextInt(3) == 0 ? " group by " + pick("v", "v % 3", "k, v") : "";
        String columns = group.isEmpty() ? "" : pick("v % 3 as g, ", "");
        if (group.equals(" group by v")) {
            columns = "v, ";
        } else if (!group.equals(" group by v % 3")) {
            columns = "";
        }
        return "select " + stream() + columns + aggregates("v", "x") + " from A" + filter("v") + window("v")
                + where("v")
                + group + pick("", " having count(*) > 1", " having sum(v) > 4")
                + (group.isEmpty() ? "" : pick("", " order by count(*)", " order by sum(v) desc limit 2"));
    }

    private String rows() {
        return pick(
                "select v, prev(1, v) as p from A" + time(),
                "select " + stream() + "v, x from A" + filter("v") + window("v") + where("v"),
                "select v, sum(x) as s from A" + window("v"),
                "select abs(v) as a, upper(k) as u from A where k like 'k%' or v > 3",
                "select window(*).where(e => e.v > 3).sumOf(e => e.x) as s from A" + window("v"),
                "select window(x).average() as s, window(v).where(e => e is not null).orderByDesc(e => e).take(2) as top from A"
                        + window("v"),
                "select t.getSecondOfMinute() as s, count(*) as n from A" + window("v")
                        + " group by t.getSecondOfMinute()");
    }

    private String join() {
        return "select a.v as v, b.* as b, a.x as x from A" + filter("v") + window("v") + " as a "
                + pick(
                        ", B" + window("w") + " as b where a.v = b.w",
                        ", B" + window("w") + " as b where a.v = b.w and a.x > b.w",
                        ", B" + window("w") + " as b where a.v > b.w",
                        ", A" + window("v") + " as b where a.v = b.v and b.x > a.x",
                        ", B" + window("w") + " as b, A" + window("v") + " as c where a.v = b.w and c.v > b.w",
                        "left outer join B" + window("w") + " as b on a.v = b.w",
                        "full outer join B" + window("w") + " as b on a.v = b.w",
                        "unidirectional, B" + window("w") + " as b where b.w > a.v");
    }

    private String joinAggregate() {
        return "select sum(a.x) as s, count(*) as n, last(b.w) as l from A" + window("v") + " as a, B" + window("w")
                + " as b where a.v " + pick("=", ">", "!=") + " b.w" + pick("", " and a.x < b.w");
    }

    private String batches() {
        return "select " + stream() + aggregates("v", "x") + " from A" + filter("v") + "#time_batch("
                + seconds(Math.max(1, within / 2)) + ", 0L)" + where("v") + pick("", " group by v", " group by v % 3")
                + pick("", " having count(*) > 1", " order by sum(v)");
    }

    private String pattern() {
        if (random.nextInt(8) == 0) {
            return "select a.v as v, c.w as w from pattern [(every a=A" + filter("v")
                    + " -> B(w > a.v) where timer:within(" + seconds(within) + ")) or (every c=B" + filter("w")
                    + " -> (timer:interval(1 sec) and not A))]";
        }
        return "select a.v as v, b.w as w from pattern [every a=A" + filter("v") + " -> " + rest() + "]";
    }

    private String rest() {
        String d = seconds(within + 1);
        return pick(
                "b=B where timer:within(" + d + ")",
                "b=B(w > a.v) where timer:within(" + d + ")",
                "b=B(w != a.v) where timer:within(" + d + ")",
                "(b=B -> c=B(w > b.w)) where timer:within(" + d + ")",
                "(b=B and c=A) where timer:within(" + d + ")",
                "(b=B or timer:interval(" + d + "))",
                "(every b=B) where timer:within(" + d + ")",
                "(every b=B -> c=A(v > 3)) where timer:within(" + d + ")",
                "(timer:interval(" + d + ") and not b=B)",
                "(timer:interval(?:span) and not B(w > a.v)) -> b=B where timer:within(2 sec)",
                "([2] b=B) where timer:within(" + d + ")",
                "(b=B until timer:interval(" + d + "))",
                "(b=B until A) where timer:within(" + d + ")",
                "(b=B and not A(v > 5)) where timer:within(" + d + ")",
                "b=B where timer:withinmax(" + d + ", 2)",
                "timer:interval(" + d + ")",
                "(b=B(w > 3) -> timer:interval(1 sec) and not A) where timer:within(" + d + ")");
    }

    private String patternAggregate() {
        return "select count(*) as n, sum(a.x) as s, last(a.v) as l from pattern [every a=A" + filter("v") + " -> "
                + pick(
                        "timer:interval(2 sec)",
                        "(timer:interval(1 sec) and not B)",
                        "B(w > a.v) where timer:within(2 sec)")
                + "]#time(" + seconds(within) + ")";
    }

    private String subquery() {
        return pick(
                "select v, (select max(w) from B" + filter("w") + window("w") + ") as m from A",
                "select v, (select sum(w) from B" + window("w") + " as b where b.w > a.v) as m from A as a",
                "select v from A as a where not exists (select * from B" + window("w") + " as b where b.w = a.v)",
                "select v from A where v in (select w from B" + window("w") + ")",
                "select v, (select last(w) from B" + window("w") + ") as l from A" + window("v"),
                "select sum(v) as s, (select count(*) from B" + window("w") + ") as n from A" + window("v"));
    }

    private String chain() {
        String first = pick(
                "insert into H select v as u, x as y from A where v > ?:p",
                "insert into H select sum(v) as u, avg(x) as y from A" + time(),
                "insert into H select v as u, sum(x) as y from A" + time() + " group by v",
                "insert into H select a.v as u, a.x as y from pattern [every a=A -> "
                        + pick(
                                "B where timer:within(3 sec)",
                                "B(w > a.v) where timer:within(3 sec)",
                                "(timer:interval(2 sec) and not B)")
                        + "]",
                "insert into H select a.v as u, a.x as y from A" + time() + " as a, B" + time()
                        + " as b where a.v > b.w");
        return first + "; "
                + pick(
                        "select " + aggregates("u", "y") + " from H" + time(),
                        "select u, y from H where u > 2",
                        "select u, prev(1, u) as p from H" + time(),
                        "select h.u as u, b.w as w from H" + time() + " as h, B" + time() + " as b where h.u > b.w",
                        "select h.u as u, g.u as g from pattern [every h=H -> g=H(u > h.u) where timer:within("
                                + seconds(4) + ")]",
                        "insert into G select sum(u) as s from H" + time()
                                + "; select last(s) as l, count(*) as n from G" + time());
    }

    private String twoWriters() {
        return "insert into H select last(v) as u from A" + time() + "; insert into H select "
                + pick("max(v)", "count(*)", "first(v)") + (random.nextBoolean() ? " + 0" : "") + " as u from A"
                + time()
                + "; "
                + pick(
                        "select last(u) as l, window(u) as us from H" + time(),
                        "select h.u as u, g.u as g from pattern [every h=H -> g=H where timer:within(" + seconds(4)
                                + ")]");
    }

    private String recognize() {
        return "select * from A" + filter("v") + (random.nextBoolean() ? time() : window("v")) + " match_recognize ("
                + pick("", "partition by v ")
                + "measures X.v as xv, last(Y.x) as yx after match skip to next row pattern (X Y" + pick("", "+", "{2}")
                + ") define Y as Y.x > " + pick("X.x", "prev(Y.x)", "2") + ")";
    }

    private String stream() {
        return pick("", "", "", "irstream ", "rstream ");
    }

    private String aggregates(String whole, String broken) {
        StringBuilder list = new StringBuilder();
        int count = 1 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            list.append(i == 0 ? "" : ", ")
                    .append(pick(
                            "sum(" + whole + ")",
                            "sum(" + broken + ")",
                            "avg(" + broken + ")",
                            "avg(" + whole + ")",
                            "count(*)",
                            "min(" + broken + ")",
                            "max(" + whole + ")",
                            "median(" + broken + ")",
                            "first(" + whole + ")",
                            "last(" + broken + ")",
                            "window(" + whole + ")",
                            "count(distinct " + whole + ")",
                            "sum(distinct " + broken + ")",
                            "window(*).where(e => e." + whole + " is not null).maxBy(e => e." + whole + ")." + broken,
                            "sum(" + broken + ", filter: " + whole + " > 4)",
                            whole.equals("v") ? "sum(d)" : "sum(u)",
                            whole.equals("v") ? "avg(d)" : "avg(u)"))
                    .append(" as c")
                    .append(i);
        }
        return list.toString();
    }

    private String filter(String field) {
        return pick("", "", "", "(" + field + " > 2)", "(" + field + " < ?:p)", "(" + field + " != 4)");
    }

    private String where(String field) {
        return pick("", "", "", " where " + field + " > ?:p", " where " + field + " in (1, 2, 3, 5)");
    }

    private String window(String field) {
        return pick(
                "",
                "",
                time(),
                time(),
                "#length(" + (1 + random.nextInt(4)) + ")",
                "#unique(" + field + ")",
                "#unique(" + field + ")#length(2)",
                "#length(3)" + time(),
                "#lastevent",
                "#time(?:span)",
                "#time_batch(" + (1 + random.nextInt(Math.max(1, within / 2))) + " sec, 0L)");
    }

    private String time() {
        return "#time(" + seconds(within) + ")";
    }

    private String seconds(int most) {
        return random.nextInt(4) == 0
                ? (500 * (1 + random.nextInt(2 * most))) + " msec"
                : (1 + random.nextInt(most)) + " sec";
    }

    private String pick(String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private <T> T pick(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
