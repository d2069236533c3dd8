// SPDX-License-Identifier: Apache-2.0
/**
 * Tests of queries with JUnit: {@link io.evenkeel.querytest.junit.EvenkeelTest} names the definitions, and each test
 * gets a {@linkplain io.evenkeel.querytest.QueryTrial trial} of its own as a parameter. A test that fails shows the
 * trial's events and matches beside its own message.
 */
@NullMarked
package io.evenkeel.querytest.junit;

import org.jspecify.annotations.NullMarked;
