// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.broker;

/**
 * A broker setting that carries a promise of the cluster: its value, and what breaks without it.
 *
 * <p>The value is the text of {@code broker.xml}. {@link BrokerXml} writes it, {@link BrokerCheck} compares a live broker
 * with it, and the embedded broker is configured from it.
 */
public enum PromisedSetting {
    MAX_DELIVERY_ATTEMPTS(
            Scope.ADDRESS,
            "max-delivery-attempts",
            "-1",
            "N2 no loss after a kill: each kill adds one delivery to every prefetched message, and at the limit healthy"
                    + " messages are dropped"),
    REDELIVERY_DELAY(
            Scope.ADDRESS,
            "redelivery-delay",
            "0",
            "N13 order per key: a delayed message is overtaken by those behind it; N3 bounded gap after a kill"),
    NO_EXPIRY(Scope.ADDRESS, "no-expiry", "true", "N2 no loss: an expired message is gone before a node has seen it"),
    ENABLE_INGRESS_TIMESTAMP(
            Scope.ADDRESS,
            "enable-ingress-timestamp",
            "true",
            "N17 timers and N4 history across nodes: engine time and message identity come from the time of arrival"),
    ADDRESS_FULL_POLICY(
            Scope.ADDRESS,
            "address-full-policy",
            "PAGE",
            "N15 no loss under back-pressure: DROP loses messages; FAIL and BLOCK let a full output queue stop its inputs"),
    AUTO_DELETE_QUEUES(
            Scope.ADDRESS,
            "auto-delete-queues",
            "false",
            "N13 order per key: a queue that is deleted when idle comes back without its exclusive flag"),
    AUTO_DELETE_ADDRESSES(
            Scope.ADDRESS,
            "auto-delete-addresses",
            "false",
            "N15 no loss: what is sent to an address at the moment of its deletion has nowhere to go"),
    PERSISTENCE_ENABLED(
            Scope.BROKER,
            "persistence-enabled",
            "true",
            "N15 no loss over a broker restart: messages live in memory only"),
    JOURNAL_SYNC_TRANSACTIONAL(
            Scope.BROKER,
            "journal-sync-transactional",
            "true",
            "N15 no loss over a broker restart: a commit returns before it is on disk"),
    JOURNAL_SYNC_NON_TRANSACTIONAL(
            Scope.BROKER,
            "journal-sync-non-transactional",
            "true",
            "N15 no loss over a broker restart: a publish returns before it is on disk"),
    CONNECTION_TTL_OVERRIDE(
            Scope.BROKER,
            "connection-ttl-override",
            "6000",
            "N3 bounded gap after a freeze or a cut (ms): a dead node's messages come back only when its connection ends;"
                    + " it must not be below the grid's removal time of 5 s either"),
    SECURITY_ENABLED(Scope.BROKER, "security-enabled", "true", "no default credentials: anyone may read and publish");

    /** Where in {@code broker.xml} a setting stands. */
    enum Scope {
        /** Below {@code <core>}. */
        BROKER,
        /** In the address setting {@code #}. */
        ADDRESS
    }

    private final Scope scope;
    private final String xmlName;
    private final String value;
    private final String promise;

    PromisedSetting(Scope scope, String xmlName, String value, String promise) {
        this.scope = scope;
        this.xmlName = xmlName;
        this.value = value;
        this.promise = promise;
    }

    Scope scope() {
        return scope;
    }

    /** The element's name in {@code broker.xml}. */
    public String xmlName() {
        return xmlName;
    }

    /** The value that keeps the promise, as in {@code broker.xml}. */
    public String value() {
        return value;
    }

    /** What breaks with another value, beginning with the promise's id. */
    public String promise() {
        return promise;
    }

    long number() {
        return Long.parseLong(value);
    }

    boolean flag() {
        return Boolean.parseBoolean(value);
    }
}
