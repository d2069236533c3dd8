// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import static java.util.Objects.requireNonNull;

import io.evenkeel.jms.connection.ConnectionSettings;
import jakarta.jms.JMSException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes events from a queue and publishes what they cause, each message in one JMS transaction with its matches.
 *
 * <p><b>Threads.</b> One of its own, {@code evenkeel-receiver-NAME}; the methods here may be called from any. Between
 * {@link #start} and {@link #stop} it goes on for ever.
 *
 * <p><b>Failure.</b> Of broker, processor or gate: it rolls back, closes the session, waits (50 ms, doubled up to 5 s) and
 * opens another; at once, if the processor says that it can go on in another session. A commit whose outcome is unknown is
 * treated the same: what the broker delivers again was not committed.
 *
 * <p><b>While the cluster is not safe</b> it receives nothing; after a second it also closes its session, because what
 * the consumer holds ahead of its work, and of a strict queue all that follows, could be processed by another node which
 * is on the safe side of a split.
 */
public final class Receiver {
    private static final Logger LOG = LoggerFactory.getLogger(Receiver.class);
    private static final Duration HOLD_WHILE_SHUT = Duration.ofSeconds(1);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(200);

    private final ConnectionSettings connection;
    private final ReceiverSettings settings;
    private final ReceiverPorts ports;
    private final ReceiverMeters meters;
    private final ReceiverLife life;
    private final CountDownLatch stopWanted = new CountDownLatch(1);
    private final Thread thread;
    private final InterruptibleStretch stretch = new InterruptibleStretch();

    public Receiver(ConnectionSettings connection, ReceiverSettings settings, ReceiverPorts ports) {
        this.connection = requireNonNull(connection, "connection");
        this.settings = requireNonNull(settings, "settings");
        this.ports = requireNonNull(ports, "ports");
        this.meters = new ReceiverMeters(ports.meters(), settings.name());
        this.life = new ReceiverLife(settings.name(), ports.clock());
        this.thread = new Thread(this::run, "evenkeel-receiver-" + settings.name());
    }

    /** Begin. Returns at once; a broker that is not there is a failure like any other. Only once in its life. */
    public void start() {
        life.enter(ReceiverPhase.CONNECTING);
        thread.start();
    }

    /**
     * Finish the batch at hand, commit it, and close.
     *
     * @param limit after which a batch that still waits for owners or for the gate is given up and rolled back
     * @return true if it ended within the limit; otherwise it ends soon, at the latest when the broker's calls time out
     */
    public boolean stop(Duration limit) throws InterruptedException {
        stopWanted.countDown();
        life.stopping();
        thread.join(Math.max(1, limit.toMillis()));
        if (!thread.isAlive()) {
            return true;
        }
        LOG.warn(
                "Expected receiver {} to stop within {} ms, but it did not; its batch is rolled back",
                settings.name(),
                limit.toMillis());
        stretch.interrupt();
        return false;
    }

    /** How it is. Does not block. */
    public ReceiverStatus status() {
        return life.status(settings.destination().name(), meters);
    }

    private void run() {
        Backoff backoff = new Backoff();
        try {
            while (!stopping()) {
                awaitSafety();
                if (stopping()) {
                    break;
                }
                try {
                    runSession(backoff);
                } catch (JMSException | BatchFailedException | RuntimeException e) {
                    if (stopping()) {
                        LOG.info("Receiver {} was stopping when it failed: {}", settings.name(), e.toString());
                        break;
                    }
                    if (e instanceof BatchFailedException failed && failed.atOnce()) {
                        LOG.info("Receiver {} rolls back and goes on at once: {}", settings.name(), e.getMessage());
                        life.enter(ReceiverPhase.BACKING_OFF);
                        life.enter(ReceiverPhase.CONNECTING);
                        continue;
                    }
                    Duration wait = backoff.next();
                    life.failed(e);
                    LOG.warn("Receiver {} rolls back and tries again. wait={}ms", settings.name(), wait.toMillis(), e);
                    life.enter(ReceiverPhase.BACKING_OFF);
                    if (stopWanted.await(wait.toMillis(), TimeUnit.MILLISECONDS)) {
                        break;
                    }
                    life.enter(ReceiverPhase.CONNECTING);
                }
            }
        } catch (InterruptedException e) {
            LOG.info("Receiver {} was interrupted and ends; what it had not committed is rolled back", settings.name());
        } finally {
            life.enter(ReceiverPhase.STOPPING);
            life.enter(ReceiverPhase.STOPPED);
        }
    }

    /** Before a session is opened: none is held while the cluster is not safe. */
    private void awaitSafety() throws InterruptedException {
        if (ports.gate().open()) {
            return;
        }
        life.enter(ReceiverPhase.SUSPENDED);
        while (!stopping() && !stretch.run(() -> ports.gate().awaitOpen(LOOK_AGAIN))) {
            LOG.debug("Receiver {} waits for the cluster to be safe", settings.name());
        }
        if (!stopping()) {
            life.enter(ReceiverPhase.CONNECTING);
        }
    }

    /** Returns when it is to stop, or when the cluster has been unsafe for too long. */
    private void runSession(Backoff backoff) throws JMSException, BatchFailedException, InterruptedException {
        ReceiverSession opened = ReceiverSession.open(connection, settings, ports.node());
        // Random, since a counter would begin anew with the node.
        String name = ports.node() + "/" + settings.name() + "/" + UUID.randomUUID();
        BatchCycle cycle = new BatchCycle(name, opened, settings, ports, meters, stretch);
        try {
            life.enter(ReceiverPhase.ACTIVE);
            LOG.info(
                    "Receiver {} reads {}. ordering={} session={}",
                    settings.name(),
                    settings.destination(),
                    settings.ordering(),
                    name);
            while (!stopping() && staysSafe()) {
                cycle.step();
            }
            if (ports.gate().open()) {
                cycle.confirm();
            }
        } finally {
            try {
                cycle.close();
                if (cycle.progressed()) {
                    backoff.reset();
                }
            } finally {
                opened.abandon();
                ports.processor().closed(name);
            }
        }
    }

    /** Wait a little while the gate is shut; returns false if it stays so. */
    private boolean staysSafe() throws InterruptedException {
        if (ports.gate().open()) {
            return true;
        }
        life.enter(ReceiverPhase.SUSPENDED);
        if (!stretch.run(() -> ports.gate().awaitOpen(HOLD_WHILE_SHUT))) {
            return false;
        }
        life.enter(ReceiverPhase.ACTIVE);
        return true;
    }

    private boolean stopping() {
        return stopWanted.getCount() == 0;
    }
}
