// SPDX-License-Identifier: Apache-2.0
/** Tasks and jobs on a Hazelcast grid: one value for each in a map, and the grid's members. */
@NullMarked
package io.evenkeel.tasks.hazelcast;

import org.jspecify.annotations.NullMarked;
