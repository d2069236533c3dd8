// SPDX-License-Identifier: Apache-2.0
/** How events get in and matches get out over JMS. */
@NullMarked
package io.evenkeel.jms;

import org.jspecify.annotations.NullMarked;
