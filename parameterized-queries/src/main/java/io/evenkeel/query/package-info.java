// SPDX-License-Identifier: Apache-2.0
/** What a query is: event types, definitions, parameters, instances and their validation. */
@NullMarked
package io.evenkeel.query;

import org.jspecify.annotations.NullMarked;
