// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper.rule;

import io.evenkeel.runtime.esper.rule.Rule.Area;
import java.util.List;

/** Rules that keep a query in its sandbox. What they do not name is refused as well: they are lists of what is allowed. */
final class SandboxRules {
    static final Rule PART = Rule.of(
                    "sandbox-part",
                    Area.SANDBOX,
                    "EPL that selects, and nothing else",
                    "scripts, classes, databases, methods as streams, dataflows, contained events, and whatever is not known",
                    "It could reach out of the engine, or nobody has shown that it cannot.",
                    "Say it with select, windows, patterns and the functions of docs/sandbox.md.")
            .accepts("expression f { x => x.v + 1 } select f(a) as f from A as a")
            .refuses(
                    "expression double js:f(x) [ x * 2 ] select f(v) as f from A",
                    "create inlined_class \"\"\" public class X {} \"\"\"; select k from A",
                    "inlined_class \"\"\" public class X { public static int f() { return 1; } } \"\"\" select X.f() as f from A",
                    "select a.k as k from A as a, sql:db ['select 1 from x'] as s",
                    "select a.k as k from A as a, method:java.lang.System.getenv() as m",
                    "create dataflow D EventBusSource -> s<A> {} LogSink(s) {}; select k from A",
                    "select new java.io.File('/tmp') as f from A",
                    "select new { p = 1 } as m from A",
                    "select * from A[select * from k]",
                    "select k from A for grouped_delivery(k)");

    static final Rule CALL = Rule.of(
                    "sandbox-call",
                    Area.SANDBOX,
                    "one of the functions and methods of docs/sandbox.md",
                    "static methods, reflection, methods that depend on the machine or that an event can make endless",
                    "A query may call what is known to be harmless, and nothing else.",
                    "Use a function or method of docs/sandbox.md.")
            .accepts(
                    "select abs(v) as a, upper(k) as u, k.length() as n, k.substring(1) as s from A",
                    "select t.plus(3 hours) as later, t.getHourOfDay() as h from A",
                    "select window(*).where(e => e.v > 3).countOf() as n from A")
            .refuses(
                    "select java.lang.System.getenv() as e from A",
                    "select k.getClass().getName() as c from A",
                    "select k.matches('(a+)+') as m from A",
                    "select k.repeat(v) as r from A",
                    "select k.toUpperCase() as u from A",
                    "select d.pow(999999999) as p from A",
                    "select nosuch(v) as n from A");

    static final Rule PROPERTY = Rule.of(
                    "sandbox-property",
                    Area.SANDBOX,
                    "fields of events",
                    "properties that reach an object's class, or the engine's context",
                    "From its class everything can be reached. What a context is called and how it is numbered follows from how"
                            + " a query is run, and differs after a recovery.",
                    "Name the fields that you need.")
            .accepts("select a.k as k from A as a")
            .refuses(
                    "select k.class.name as c from A",
                    "select a.k.class as c from A as a",
                    "select prev(1, v) as p, context.id as c from A",
                    "select prev(1, v) as p, context.key1 as c from A");

    static final Rule TYPE = Rule.of(
                    "sandbox-type",
                    Area.SANDBOX,
                    "one of the types boolean, int, long, double, float, short, byte, string and java.math.BigDecimal",
                    "other types in cast, instanceof and create schema",
                    "A class brings its methods along.",
                    "Use one of these types.")
            .accepts("select cast(v, double) as c, cast(k, string) as s from A")
            .refuses(
                    "select cast(k, java.lang.Runtime) as c from A",
                    "select instanceof(k, java.io.File) as i from A",
                    "create schema H as java.lang.Runtime; select k from A",
                    "create schema H(u java.lang.Object); select k from A",
                    "create avro schema H(u int); select k from A",
                    "create variant schema H as A; select k from A");

    static final Rule ANNOTATION = Rule.of(
                    "sandbox-annotation",
                    Area.SANDBOX,
                    "one of the annotations @Name, @Description and @Tag",
                    "annotations that configure the engine",
                    "Hooks load classes; others change how a statement runs.",
                    "Leave it out.")
            .accepts("@Name('out') @Description('all') select k from A")
            .refuses(
                    "@Hook('x') select k from A",
                    "@Audit select k from A",
                    "@Hint('reclaim_group_aged=1') select k from A",
                    "@Drop select k from A",
                    "@Priority(1) select k from A",
                    "@EventRepresentation(map) select k from A",
                    "@java.lang.Deprecated select k from A");

    static final Rule TEXT = Rule.of(
                    "sandbox-text",
                    Area.SANDBOX,
                    "regexp and like with a pattern in quotes that is well formed and at most 200 characters",
                    "patterns for text that come from events or parameters, or that are not well formed",
                    "A pattern from outside cannot be judged before it runs. Those in the query are RE2's, which take no longer for"
                            + " a bad pattern than for a good one; they have no back references and no lookaround.",
                    "Write the pattern into the query.")
            .accepts("select k from A where k regexp 'a+b' or k like 'b%'")
            .refuses(
                    "select k from A where 'x' regexp k",
                    "select k from A where k like ?:word",
                    "select k from A where k regexp '(a'",
                    "select k from A where k regexp '(a)\\\\1'",
                    "select k from A where k regexp '(a{100}){100}'");

    static final List<Rule> ALL = List.of(PART, CALL, PROPERTY, TYPE, ANNOTATION, TEXT);

    private SandboxRules() {}
}
