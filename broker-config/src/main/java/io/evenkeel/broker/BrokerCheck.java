// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.broker;

import static java.util.Objects.requireNonNull;

import io.evenkeel.broker.ArtemisManagement.Answer;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.activemq.artemis.api.core.management.ResourceNames;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.core.settings.impl.PageFullMessagePolicy;

/**
 * Compares a live broker with every {@link PromisedSetting} and with the {@linkplain QueueUse use} of its queues.
 *
 * <p>It only reads. Management shows neither the critical analyzer, {@code connection-ttl-check-interval} nor
 * {@code journal-datasync}: what {@link BrokerXml} writes about them is not checked.
 */
public final class BrokerCheck {

    private static final String ORDER =
            "N13 order per key: two consumers of one queue process its messages side by side";
    private static final String SHARING = "N3 all nodes take part: only one node gets messages from an exclusive queue";
    private static final String KEEPING =
            "N15 no loss over a broker restart or an idle moment: the queue itself is gone";

    /**
     * What makes a queue forget or repeat by its very kind.
     *
     * @param attribute of a queue that is there; empty: management does not show it
     * @param xmlName   of what a queue gets that is not there yet
     */
    private record Kind(
            String attribute, String xmlName, String expected, String promise, Function<AddressSettings, Object> of) {}

    private static final List<Kind> KINDS = List.of(
            new Kind(
                    "RingSize",
                    "default-ring-size",
                    "-1",
                    "N15 no loss under back-pressure: a ring drops its oldest messages for new ones",
                    AddressSettings::getDefaultRingSize),
            new Kind(
                    "LastValue",
                    "default-last-value-queue",
                    "false",
                    "N15 no loss: of messages of one last-value key only the last one is kept",
                    AddressSettings::isDefaultLastValueQueue),
            new Kind(
                    "PurgeOnNoConsumers",
                    "default-purge-on-no-consumers",
                    "false",
                    "N2 no loss after a kill: the queue is emptied when its last consumer goes",
                    AddressSettings::isDefaultPurgeOnNoConsumers),
            new Kind(
                    "",
                    "default-non-destructive",
                    "false",
                    "N2 no loss, nothing doubled: what was acknowledged stays in the queue and comes again",
                    AddressSettings::isDefaultNonDestructive));

    private final ArtemisManagement broker;
    private final List<Finding> findings = new ArrayList<>();

    private BrokerCheck(ArtemisManagement broker) {
        this.broker = broker;
    }

    /**
     * Connect, compare and disconnect. Blocks for some 5 s at most per question that stays unanswered.
     *
     * @param url  for Core clients, such as {@code tcp://127.0.0.1:61616}
     * @param uses the queues to look at; one that is not there yet is judged by the settings that it would get
     * @return what is wrong or could not be checked; empty if all promises can be kept, unmodifiable
     */
    public static List<Finding> run(String url, String user, String password, List<QueueUse> uses) {
        requireNonNull(uses, "uses");
        try (ArtemisManagement broker = ArtemisManagement.connect(url, user, password)) {
            BrokerCheck check = new BrokerCheck(broker);
            check.checkBroker();
            for (QueueUse use : uses) {
                check.checkQueue(use);
            }
            return List.copyOf(check.findings);
        } catch (JMSSecurityException e) {
            return List.of(unreadable(
                    "access of user " + user + " to " + shown(url),
                    "refused: " + e.getMessage(),
                    "Check user and password, and give the user's role the permissions manage, createNonDurableQueue and"
                            + " consume, or run the check as another user."));
        } catch (JMSException e) {
            return List.of(unreadable(
                    "broker at " + shown(url),
                    String.valueOf(e.getMessage()),
                    "Is an Artemis broker there that serves the Core protocol? Of another provider nothing can be checked:"
                            + " compare its settings by hand with the broker.xml that Evenkeel writes."));
        }
    }

    /** Without the passwords of key store and trust store. */
    private static String shown(String url) {
        return url.replaceAll("([Pp]assword=)[^&;,)]*", "$1***");
    }

    private static Finding unreadable(String what, String why, String remedy) {
        return new Finding(
                what,
                "readable by the check",
                Finding.UNKNOWN + why,
                "any: no broker setting could be checked",
                remedy);
    }

    private void checkBroker() throws JMSException {
        for (PromisedSetting setting : PromisedSetting.values()) {
            if (setting.scope() == PromisedSetting.Scope.BROKER) {
                Answer answer = broker.attribute(ResourceNames.BROKER, attributeOf(setting));
                compare(
                        setting.xmlName(),
                        setting.value(),
                        answer,
                        setting.promise(),
                        "Set <%s>%s</%s> below <core> in broker.xml and restart the broker."
                                .formatted(setting.xmlName(), setting.value(), setting.xmlName()));
            }
        }
    }

    private static String attributeOf(PromisedSetting setting) {
        return switch (setting) {
            case PERSISTENCE_ENABLED -> "PersistenceEnabled";
            case JOURNAL_SYNC_TRANSACTIONAL -> "JournalSyncTransactional";
            case JOURNAL_SYNC_NON_TRANSACTIONAL -> "JournalSyncNonTransactional";
            case CONNECTION_TTL_OVERRIDE -> "ConnectionTTLOverride";
            case SECURITY_ENABLED -> "SecurityEnabled";
            default -> throw new IllegalArgumentException("not a setting of the whole broker: " + setting);
        };
    }

    private void checkQueue(QueueUse use) throws JMSException {
        String queue = use.queue();
        Answer answer = broker.operation(ResourceNames.BROKER, "getAddressSettingsAsJSON", queue);
        if (answer.value() == null) {
            compare(
                    queue + ": address settings",
                    "readable",
                    answer,
                    "any: settings unread",
                    "Give the user's role manage.");
            return;
        }
        AddressSettings settings = AddressSettings.fromJSON(answer.value().toString());
        for (PromisedSetting setting : PromisedSetting.values()) {
            if (setting.scope() == PromisedSetting.Scope.ADDRESS) {
                compare(
                        queue + ": " + setting.xmlName(),
                        setting.value(),
                        new Answer(valueIn(settings, setting), null),
                        setting.promise(),
                        "Set <%s>%s</%s> in the <address-setting> that matches %s in broker.xml."
                                .formatted(setting.xmlName(), setting.value(), setting.xmlName(), queue));
            }
        }
        if (settings.getPageFullMessagePolicy() == PageFullMessagePolicy.DROP) {
            compare(
                    queue + ": page-full-policy",
                    PageFullMessagePolicy.FAIL.name(),
                    new Answer(PageFullMessagePolicy.DROP, null),
                    "N15 no loss under back-pressure: what does not fit into the page limit is dropped",
                    "Remove <page-full-policy>DROP</page-full-policy> from the <address-setting> that matches " + queue
                            + ".");
        }
        boolean there = exists(queue);
        checkKind(queue, there, settings);
        checkExisting(use, there, settings);
    }

    private void checkKind(String queue, boolean there, AddressSettings settings) throws JMSException {
        for (Kind kind : KINDS) {
            boolean shown = there && !kind.attribute().isEmpty();
            compare(
                    queue + ": " + (shown ? kind.xmlName().substring("default-".length()) : kind.xmlName()),
                    kind.expected(),
                    shown
                            ? broker.attribute(ResourceNames.QUEUE + queue, kind.attribute())
                            : new Answer(kind.of().apply(settings), null),
                    kind.promise(),
                    "Remove <%s> from the <address-setting> that matches %s in broker.xml"
                                    .formatted(kind.xmlName(), queue)
                            + (shown ? "; drain the queue, delete it, and let it be made anew." : "."));
        }
        if (there) {
            Answer filter = broker.attribute(ResourceNames.QUEUE + queue, "Filter");
            compare(
                    queue + ": filter",
                    "none",
                    filter.refusal() == null && filter.value() == null ? new Answer("none", null) : filter,
                    "N15 no loss: what a queue's filter does not let in is dropped",
                    "Drain the queue, delete it and make one without a filter; query inputs have filters of their own.");
        }
    }

    /** Artemis leaves out of the JSON what is not set; the getters know the defaults. */
    private static Object valueIn(AddressSettings settings, PromisedSetting setting) {
        return switch (setting) {
            case MAX_DELIVERY_ATTEMPTS -> settings.getMaxDeliveryAttempts();
            case REDELIVERY_DELAY -> settings.getRedeliveryDelay();
            case NO_EXPIRY -> settings.isNoExpiry();
            case ENABLE_INGRESS_TIMESTAMP -> settings.isEnableIngressTimestamp();
            case ADDRESS_FULL_POLICY -> settings.getAddressFullMessagePolicy();
            case AUTO_DELETE_QUEUES -> settings.isAutoDeleteQueues();
            case AUTO_DELETE_ADDRESSES -> settings.isAutoDeleteAddresses();
            default -> throw new IllegalArgumentException("not a setting of an address: " + setting);
        };
    }

    private void checkExisting(QueueUse use, boolean there, AddressSettings settings) throws JMSException {
        boolean judged = use.consumers() != QueueUse.Consumers.ANY;
        boolean exclusive = use.consumers() == QueueUse.Consumers.ONE;
        String promise = exclusive ? ORDER : SHARING;
        String expected = Boolean.toString(exclusive);
        if (!there) {
            // Receivers make their strict queue exclusive themselves; a default is wrong only where it forbids sharing.
            if (settings.isDefaultExclusiveQueue() && judged && !exclusive) {
                compare(
                        use.queue() + ": default-exclusive-queue",
                        expected,
                        new Answer(true, null),
                        promise,
                        "Remove <default-exclusive-queue> from the <address-setting> that matches the queue.");
            }
            return;
        }
        String resource = ResourceNames.QUEUE + use.queue();
        if (judged) {
            compare(
                    use.queue() + ": exclusive",
                    expected,
                    broker.attribute(resource, "Exclusive"),
                    promise,
                    "Call updateQueue({\"name\":\"%s\",\"exclusive\":%s}) of the broker's management, or start a receiver"
                                    .formatted(use.queue(), expected)
                            + " with this ordering whose user may manage.");
        }
        compare(
                use.queue() + ": durable",
                "true",
                broker.attribute(resource, "Durable"),
                KEEPING,
                "Drain the queue, delete it and make a durable one.");
        compare(
                use.queue() + ": auto-delete",
                "false",
                broker.attribute(resource, "AutoDelete"),
                KEEPING,
                "Drain the queue, delete it, and let it be made with <auto-delete-queues>false</auto-delete-queues>.");
    }

    private boolean exists(String queue) throws JMSException {
        return broker.attribute(ResourceNames.QUEUE + queue, "Name").value() != null;
    }

    private void compare(String setting, String expected, Answer answer, String promise, String remedy) {
        String actual = answer.refusal() == null ? String.valueOf(answer.value()) : Finding.UNKNOWN + answer.refusal();
        if (!actual.equalsIgnoreCase(expected)) {
            findings.add(new Finding(setting, expected, actual, promise, remedy));
        }
    }
}
