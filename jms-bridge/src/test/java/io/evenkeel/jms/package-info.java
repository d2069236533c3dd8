// SPDX-License-Identifier: Apache-2.0
/** Receivers against a real broker, in this process but over TCP; processors and gates are simple stand-ins for a cluster. */
@NullMarked
package io.evenkeel.jms;

import org.jspecify.annotations.NullMarked;
