// SPDX-License-Identifier: Apache-2.0
/**
 * What commands and the demo share: tables, progress on a terminal, and the exception whose message is all that a user is
 * shown.
 */
@NullMarked
package io.evenkeel.correlator.terminal;

import org.jspecify.annotations.NullMarked;
