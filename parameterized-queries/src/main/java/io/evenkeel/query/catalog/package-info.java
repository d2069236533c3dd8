// SPDX-License-Identifier: Apache-2.0
/**
 * The catalog's rules: which changes of event types, queries and instances go together.
 *
 * <p>A {@linkplain io.evenkeel.query.CatalogSnapshot snapshot} is the whole catalog at one revision. {@link
 * io.evenkeel.query.catalog.CatalogRules#apply} makes the next one from a list of {@linkplain
 * io.evenkeel.query.catalog.CatalogChange changes}, which come into force together or not at all, or refuses them with
 * every reason. {@link io.evenkeel.query.catalog.CatalogCodec} is how a snapshot travels and how it lies on disk.
 * Nothing here compiles EPL, does I/O or knows other nodes.
 */
@NullMarked
package io.evenkeel.query.catalog;

import org.jspecify.annotations.NullMarked;
