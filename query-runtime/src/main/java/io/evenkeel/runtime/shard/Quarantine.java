// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import io.evenkeel.query.InstanceId;

/**
 * An instance that threw, and does not run in its shard any more. Others have not noticed (I8).
 *
 * @param cause   message id of the cause at which it threw
 * @param message of the exception
 */
public record Quarantine(InstanceId instance, String cause, String message) {}
