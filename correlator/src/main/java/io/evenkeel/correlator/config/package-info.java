// SPDX-License-Identifier: Apache-2.0
/**
 * What a node is told: one YAML file, and the environment over it.
 *
 * <p>{@link io.evenkeel.correlator.config.ConfigurationReader} makes a {@link
 * io.evenkeel.correlator.config.NodeConfiguration} or refuses with every fault at once, each with its path, its line and
 * what to do. {@link io.evenkeel.correlator.config.ConfigurationKey} is the only list of the keys, with their defaults.
 * A configuration that was read is without fault as far as one node can judge: what a broker or another node has to say
 * is found out when the node starts.
 *
 * <p>Relative paths count from the folder of the file, wherever the node is started.
 */
@NullMarked
package io.evenkeel.correlator.config;

import org.jspecify.annotations.NullMarked;
