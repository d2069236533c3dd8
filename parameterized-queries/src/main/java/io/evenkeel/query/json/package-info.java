// SPDX-License-Identifier: Apache-2.0
/**
 * Events as JSON: how the body of a message becomes an event of a known type, and back.
 *
 * <p>{@link io.evenkeel.query.json.EventDecoder} is on the path of every message, so it reads a stream of tokens
 * straight into the array of values. A body that does not fit is not an error of the program but an outcome with a
 * reason ({@link io.evenkeel.query.json.Decoded}): its message goes to the queue of rejected ones.
 */
@NullMarked
package io.evenkeel.query.json;

import org.jspecify.annotations.NullMarked;
