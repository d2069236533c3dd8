// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.querytest.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A class or a method whose tests run definitions against events. Each test that has a parameter of type {@link
 * io.evenkeel.querytest.QueryTrial} gets a fresh one, closed after the test; the definitions are compiled once a class.
 *
 * <pre>{@code
 * @EvenkeelTest({"queries/flight.yaml", "queries/late-airport.yaml"})
 * class LateAirportTest {
 *     @Test
 *     void threeLateFlightsMatch(QueryTrial trial) { … }
 *
 *     @Test
 *     @EvenkeelTest(events = "june.jsonl", expected = "june-matches.jsonl")
 *     void june(QueryTrial trial) {}
 * }
 * }</pre>
 *
 * <p>What a method does not say, its class does. A file is looked for beside the test class on the class path, then from the
 * working directory.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(EvenkeelExtension.class)
public @interface EvenkeelTest {

    /** Files with event types, queries and instances, in any order. */
    String[] value() default {};

    /**
     * Instances that run in place of those of the files: {@code late-airport/strict}, or with values {@code
     * late-airport/strict:minDelay=30,flights=2}.
     */
    String[] instances() default {};

    /** A file of events that are published before the test begins; then time passes, as by {@code finish()}. */
    String events() default "";

    /** A file of the matches that are expected after the test has ended. */
    String expected() default "";
}
