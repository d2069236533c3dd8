// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

/** Names of the properties of messages, which are a contract with publishers and consumers. */
public final class JmsProperties {
    /** In and out: the name of the event type. */
    public static final String MESSAGE_TYPE = "MESSAGE_TYPE";
    /** In: what the publisher calls the event; a repeat under the same id has no effect. Kept when a message is sent on. */
    public static final String EVENT_ID = "eventId";
    /** The {@link #MESSAGE_TYPE} of ticks. */
    public static final String TICK_TYPE = "evenkeel.Tick";

    /** Of a rejected or late message: the code of the reason. */
    public static final String REASON = "evenkeelReason";
    /** Of a rejected message: the field at fault; absent if it is the message as a whole. */
    public static final String FIELD = "evenkeelField";
    /** Of a rejected message: the reason in words. */
    public static final String DETAIL = "evenkeelDetail";
    /** Of a rejected or late message, or one on a detour: the receiver that sent it on. */
    public static final String RECEIVER = "evenkeelReceiver";
    /** Of a late message: the query that did not see it; of a match: the query that it is of. */
    public static final String QUERY = "evenkeelQuery";
    /** Of a late message: how far the query's source time was beyond it, in ms; a number. */
    public static final String LATE_MS = "evenkeelLateMs";
    /** Of a rejected or late message, or one on a detour: the message id that it had. */
    public static final String ORIGINAL_MESSAGE_ID = "evenkeelMessageId";

    /** Of a message on a detour: when the broker took the original, in ms since the epoch; a number. */
    public static final String INGRESS = "evenkeelIngressMs";
    /** Of a message on a detour: the shards that it is still for. */
    public static final String SHARDS = "evenkeelShards";

    /** Of a message that was moved back to its queue: the job that did it, which does not move it again. */
    public static final String REDRIVE = "evenkeelRedrive";

    /** Of a match: the same whenever and wherever it is computed. */
    public static final String MATCH_ID = "evenkeelMatchId";
    /** Of a match: the instance that emitted it. Its query is in {@link #QUERY}. */
    public static final String INSTANCE = "evenkeelInstance";
    /** Of a match: the version of its query. */
    public static final String VERSION = "evenkeelVersion";
    /** Of a match: the values of the key fields. */
    public static final String KEY = "evenkeelKey";
    /** Of a match: the id of its cause. */
    public static final String CAUSE = "evenkeelCause";

    private JmsProperties() {}
}
