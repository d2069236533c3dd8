// SPDX-License-Identifier: Apache-2.0
/** Measurements of the parts and of the whole. */
@NullMarked
package io.evenkeel.bench;

import org.jspecify.annotations.NullMarked;
