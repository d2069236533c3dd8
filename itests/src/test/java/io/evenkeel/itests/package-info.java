// SPDX-License-Identifier: Apache-2.0
/** Tests of the whole: architecture, clusters of real processes, faults. */
@NullMarked
package io.evenkeel.itests;

import org.jspecify.annotations.NullMarked;
