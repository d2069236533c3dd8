// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.guarantee;

import io.evenkeel.correlator.config.NodeConfiguration;
import io.evenkeel.query.CatalogSnapshot;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the brokers again and again, and logs each weakness that comes or goes. {@link #now} judges by what was seen
 * last, and blocks nobody.
 *
 * <p>Thread-safe. Started and closed once.
 */
public final class GuaranteeWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GuaranteeWatch.class);
    private static final Duration STEP = Duration.ofSeconds(1);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(120);
    /** A broker that did not answer is on its way back, or somebody is at work on it. */
    private static final Duration LOOK_AGAIN_SOON = Duration.ofSeconds(10);

    private final NodeConfiguration configuration;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::watch, "evenkeel-guarantees");
    private volatile Supplier<CatalogSnapshot> catalog = () -> CatalogSnapshot.EMPTY;
    private volatile List<BrokerLook> looks = List.of();
    private Set<Weakness> told = Set.of();

    public GuaranteeWatch(NodeConfiguration configuration) {
        this.configuration = configuration;
        thread.setDaemon(true);
    }

    /** What this node guarantees, as far as it depends on itself, its brokers and the catalog. */
    public Guarantees now() {
        return NodeRules.judge(configuration, catalog.get(), looks);
    }

    /** What is outside the guarantee of a query in force. */
    public List<Weakness> of(String query) {
        var definition = catalog.get().queries().get(query);
        return definition == null ? List.of() : NodeRules.judge(configuration, definition.value());
    }

    /**
     * Looks at the brokers now, and waits for one that does not answer. Before {@link #start}.
     *
     * @param inForce queries to judge as well
     * @throws TooWeakException     if something could be lost or doubled, or that cannot be ruled out within the patience
     * @throws InterruptedException if this node is to stop meanwhile
     */
    public void require(CatalogSnapshot inForce, Duration patience) throws InterruptedException {
        catalog = () -> inForce;
        long deadline = System.nanoTime() + patience.toNanos();
        looks = BrokerLook.all(configuration, catalog.get());
        while (looks.stream().anyMatch(BrokerLook::unreachable) && System.nanoTime() - deadline < 0) {
            LOG.info("Waits for a broker, to check what it guarantees");
            TimeUnit.MILLISECONDS.sleep(STEP.toMillis());
            looks = BrokerLook.all(configuration, catalog.get());
        }
        List<Weakness> losses = now().losses();
        if (!losses.isEmpty()) {
            throw new TooWeakException(losses);
        }
    }

    /** From now on queries are judged too, and brokers looked at by a thread of its own. */
    public void start(Supplier<CatalogSnapshot> currentCatalog) {
        catalog = currentCatalog;
        thread.start();
    }

    private void watch() {
        long revision = -1;
        long lookedNanos = 0;
        boolean first = true;
        try {
            do {
                CatalogSnapshot current = catalog.get();
                Duration again = looks.stream().anyMatch(BrokerLook::unreachable) ? LOOK_AGAIN_SOON : LOOK_AGAIN;
                if (current.revision() != revision || System.nanoTime() - lookedNanos > again.toNanos()) {
                    revision = current.revision();
                    lookedNanos = System.nanoTime();
                    first &= !look(current, first);
                }
            } while (!closed.await(STEP.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** True if the brokers were looked at, whatever was found. */
    private boolean look(CatalogSnapshot current, boolean first) {
        try {
            looks = BrokerLook.all(configuration, current);
            tell(first);
            return true;
        } catch (RuntimeException e) {
            // What the client of a broker throws, now and then, is no reason never to look again.
            LOG.warn("Expected to look at the brokers, but failed; looks again in {}", LOOK_AGAIN, e);
            return false;
        }
    }

    private void tell(boolean first) {
        Guarantees guarantees = now();
        if (first) {
            guarantees.facts().forEach(fact -> LOG.info("Guarantee: {} is {}", fact.name(), fact.value()));
        }
        Set<Weakness> found = new HashSet<>(guarantees.weaknesses());
        guarantees.weaknesses().stream()
                .filter(weakness -> !told.contains(weakness))
                .forEach(weakness -> LOG.warn("Guarantee weakened: {}", weakness.text()));
        told.stream()
                .filter(weakness -> !found.contains(weakness))
                .forEach(weakness ->
                        LOG.info("Guarantee no longer weakened by {} of {}", weakness.name(), weakness.subject()));
        if (first) {
            LOG.info("Guarantee: {}", guarantees.noLoss() ? "no-loss" : "weakened, see above");
        }
        told = found;
    }

    /** Looks no more. A look that is under way ends by itself: interrupted, a client of a broker takes one answer for another. */
    @Override
    public void close() {
        closed.countDown();
    }
}
