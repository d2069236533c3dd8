// SPDX-License-Identifier: Apache-2.0
/**
 * What must come out, found by a plain, single-threaded Esper: no contexts, no shards, no replay, and none of our code.
 * The test gives the EPL a second time, with windows and parameters written out.
 */
@NullMarked
package io.evenkeel.itests.kit.oracle;

import org.jspecify.annotations.NullMarked;
