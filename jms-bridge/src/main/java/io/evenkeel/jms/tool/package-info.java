// SPDX-License-Identifier: Apache-2.0
/**
 * Both ends of the line, for the command line and for tests: put events on a queue, take matches from one. Nothing in a
 * node uses them.
 */
@NullMarked
package io.evenkeel.jms.tool;

import org.jspecify.annotations.NullMarked;
