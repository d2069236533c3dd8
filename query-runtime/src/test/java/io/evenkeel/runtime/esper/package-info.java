// SPDX-License-Identifier: Apache-2.0
/** Tests of the Esper adapter, against an oracle of plain Esper runtimes, one for each key. */
@NullMarked
package io.evenkeel.runtime.esper;

import org.jspecify.annotations.NullMarked;
