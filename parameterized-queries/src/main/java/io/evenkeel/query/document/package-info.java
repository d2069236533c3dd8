// SPDX-License-Identifier: Apache-2.0
/**
 * Documents: how people write event types, queries and instances, in YAML or JSON.
 *
 * <p>{@link io.evenkeel.query.document.DocumentReader} turns text into {@linkplain
 * io.evenkeel.query.document.Document documents} and reports every fault at once, each with its line and field.
 * {@link io.evenkeel.query.document.DocumentWriter} is the way back. Text is first read into a small tree that knows
 * its lines; no object of a class named in the text is ever made, and aliases are refused. {@link
 * io.evenkeel.query.document.ParameterValues} gives the raw values of an instance their types.
 *
 * <p>What can be judged from a document alone is judged here; what needs the rest of the catalog is judged there.
 */
@NullMarked
package io.evenkeel.query.document;

import org.jspecify.annotations.NullMarked;
