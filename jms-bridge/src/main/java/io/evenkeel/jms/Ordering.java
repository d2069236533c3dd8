// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

/**
 * Which receivers of a queue get its messages.
 *
 * <pre>
 * |         | receivers at work    | order of a key     | when one dies                              |
 * |---------|----------------------|--------------------|--------------------------------------------|
 * | STRICT  | one in the cluster   | order of the queue | another goes on with what was returned     |
 * | RELAXED | all                  | none               | the others share what was returned         |
 * </pre>
 */
public enum Ordering {
    STRICT,
    RELAXED
}
