// SPDX-License-Identifier: Apache-2.0
/** F21: all faults at random and at once, from one seed, for as long as one likes, with all checkers at the end. */
@NullMarked
package io.evenkeel.itests.mixer;

import org.jspecify.annotations.NullMarked;
