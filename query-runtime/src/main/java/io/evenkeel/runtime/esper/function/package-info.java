// SPDX-License-Identifier: Apache-2.0
/**
 * What compiled queries call of ours: functions of numbers and text, and sums that forget.
 *
 * <p>All of it gives the same answer on every machine and at every time (I2): no locale, no machine arithmetic of
 * another precision, and no rounding that remembers what has left a window. Public because the classes that Esper
 * generates call it; of no use to anyone else.
 */
@NullMarked
package io.evenkeel.runtime.esper.function;

import org.jspecify.annotations.NullMarked;
