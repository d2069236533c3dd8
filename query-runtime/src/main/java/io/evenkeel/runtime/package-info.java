// SPDX-License-Identifier: Apache-2.0
/** How queries run: shards, their log, replay, the engine and the grid. */
@NullMarked
package io.evenkeel.runtime;

import org.jspecify.annotations.NullMarked;
