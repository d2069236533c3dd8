// SPDX-License-Identifier: Apache-2.0
/** The rules that the whole code keeps, as tests. */
@NullMarked
package io.evenkeel.itests.arch;

import org.jspecify.annotations.NullMarked;
