// SPDX-License-Identifier: Apache-2.0
/** The broker: embedded, standalone, and the check of a live one. */
@NullMarked
package io.evenkeel.broker;

import org.jspecify.annotations.NullMarked;
