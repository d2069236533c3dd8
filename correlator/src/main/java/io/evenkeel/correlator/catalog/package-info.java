// SPDX-License-Identifier: Apache-2.0
/**
 * The catalog of the cluster: how a change comes into force on all nodes or on none, whoever dies meanwhile.
 *
 * <p>There is one value on which all nodes agree, the {@linkplain io.evenkeel.correlator.catalog.RegisterState register}:
 * the catalog in force, the changes that are open, and how the latest ones ended. It is replaced by comparing its version,
 * so that all changes of the cluster are in one order, and that a change is decided at one point. Around that point stand
 * two rounds of questions: before it every node says whether it could run the change, after it every node runs it.
 *
 * <p>Nothing here knows how nodes talk or where the register lies: {@link io.evenkeel.correlator.catalog.Register}, {@link
 * io.evenkeel.correlator.catalog.Nodes} and {@link io.evenkeel.correlator.catalog.Safety} are where the grid begins. So
 * the protocol is tested in one thread, with deaths at every step.
 *
 * <p>Start reading at {@link io.evenkeel.correlator.catalog.CatalogStore#change} and its {@code ChangeRunner}; then {@code
 * CatalogWatch}, which settles what a dead node left open.
 */
@NullMarked
package io.evenkeel.correlator.catalog;

import org.jspecify.annotations.NullMarked;
