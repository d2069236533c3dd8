// SPDX-License-Identifier: Apache-2.0
/** A node of the cluster: everything wired together. */
@NullMarked
package io.evenkeel.correlator;

import org.jspecify.annotations.NullMarked;
