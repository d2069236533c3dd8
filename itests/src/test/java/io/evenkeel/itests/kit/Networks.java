// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/**
 * A network namespace for each node, joined by a bridge on which the broker has an address and the test another one. What
 * is cut is cut within the namespace, by a route into the void: packets to there vanish, and those that come from there do
 * too, because no answer could go back (rp_filter). The test still reaches every node. For one thread.
 *
 * <p>Needs root and commands, see {@link #missing}. All that is made here is removed by {@link #close}, and when this JVM ends.
 */
public final class Networks implements AutoCloseable {
    private static final Path FILTERED = Path.of("/proc/sys/net/bridge/bridge-nf-call-iptables");

    private static final int MOST_NODES = 100;

    private final String name;
    private final String net;
    private final int nodes;
    private final Set<Way> cuts = new HashSet<>();
    private final Set<Way> deaf = new HashSet<>();
    private final Thread reaper = new Thread(this::remove, "networks-reaper");

    /** From a node to an address, or back. */
    private record Way(int node, String host) {}

    private Networks(int nodes) {
        // Another test run may be under way on this machine.
        int number = ThreadLocalRandom.current().nextInt(1, 250);
        this.name = "evk" + number;
        this.net = "10.177." + number + ".";
        this.nodes = nodes;
    }

    /** Why it cannot be done on this machine; empty if it can. */
    public static Optional<String> missing() {
        boolean possible = succeeds("unshare", "-n", "ip", "link", "add", "evkcheck", "type", "bridge")
                && succeeds("unshare", "-n", "iptables", "-t", "nat", "-L", "-n");
        return possible
                ? Optional.empty()
                : Optional.of("network namespaces, but they need root and the commands ip, iptables and unshare"
                        + " (Debian: iproute2, iptables, util-linux)");
    }

    private static boolean succeeds(String... command) {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false; // there is no such command here
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Makes all. */
    public static Networks create(int nodes) {
        if (nodes > MOST_NODES) {
            throw new IllegalArgumentException("Expected at most " + MOST_NODES + " nodes, but got " + nodes);
        }
        Networks networks = new Networks(nodes);
        Runtime.getRuntime().addShutdownHook(networks.reaper);
        try {
            networks.make();
            return networks;
        } catch (RuntimeException | Error e) {
            networks.close();
            throw e;
        }
    }

    private void make() {
        run("ip", "link", "add", name, "type", "bridge");
        // The first is what the test's own connections come from, so that they outlive a cut from the broker.
        run("ip", "addr", "add", testHost() + "/24", "dev", name);
        run("ip", "addr", "add", brokerHost() + "/24", "dev", name);
        run("ip", "link", "set", name, "up");
        if (bridgesAreFiltered()) {
            run(passing("-I"));
        }
        for (int i = 0; i < nodes; i++) {
            String space = space(i);
            run("ip", "netns", "add", space);
            run("ip", "link", "add", name + "v" + i, "type", "veth", "peer", "name", "eth0", "netns", space);
            run("ip", "link", "set", name + "v" + i, "master", name, "up");
            run("ip", "-n", space, "addr", "add", host(i) + "/24", "dev", "eth0");
            run("ip", "-n", space, "link", "set", "eth0", "up");
            run("ip", "-n", space, "link", "set", "lo", "up");
            bothWays(i, true);
        }
    }

    /** Docker has bridges filtered, and what is not its own dropped, also after it has ended. */
    private static boolean bridgesAreFiltered() {
        try {
            return Files.exists(FILTERED) && Files.readString(FILTERED).startsWith("1");
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to read " + FILTERED + ", but could not", e);
        }
    }

    /** Lets pass what stays on the bridge. @param change -I to begin, -D to end */
    private String[] passing(String change) {
        return new String[] {"iptables", change, "FORWARD", "-i", name, "-o", name, "-j", "ACCEPT"};
    }

    String brokerHost() {
        return net + "1";
    }

    /** Where the test's own connections come from, and its proxies listen. */
    String testHost() {
        return net + "254";
    }

    /** Address of a node, counted from 0. */
    String host(int node) {
        return net + (10 + node);
    }

    /** What a node's command begins with. */
    List<String> prefix(int node) {
        return List.of("ip", "netns", "exec", space(node));
    }

    private String space(int node) {
        return name + "-" + node;
    }

    private void bothWays(int node, boolean both) {
        run(
                "ip",
                "netns",
                "exec",
                space(node),
                "sh",
                "-c",
                "echo " + (both ? 1 : 0) + " > /proc/sys/net/ipv4/conf/all/rp_filter");
    }

    /** No packet passes between a node and the broker. */
    public void cutFromBroker(int node) {
        cut(node, brokerHost());
    }

    /** The broker hears nothing of a node, which hears the broker. */
    public void muteToBroker(int node) {
        bothWays(node, false);
        cut(node, brokerHost());
    }

    /** A node hears nothing of the broker, which hears the node. */
    public void deafenToBroker(int node) {
        deafen(node, brokerHost());
    }

    /** No packet passes between a node and the others. */
    public void cutFromNodes(int node) {
        others(node).forEach(other -> cut(node, other));
    }

    /** The other nodes hear nothing of a node, which hears them. */
    public void muteToNodes(int node) {
        bothWays(node, false);
        cutFromNodes(node);
    }

    /** A node hears nothing of the others, which hear it. */
    public void deafenToNodes(int node) {
        others(node).forEach(other -> deafen(node, other));
    }

    /** Addresses of all nodes but one. */
    private List<String> others(int node) {
        return IntStream.range(0, nodes)
                .filter(other -> other != node)
                .mapToObj(this::host)
                .toList();
    }

    /** No packet passes between two nodes; both reach the others. */
    public void cutBetween(int node, int other) {
        cut(node, host(other));
    }

    private void cut(int node, String host) {
        cuts.add(new Way(node, host));
        run("ip", "-n", space(node), "route", "add", "blackhole", host + "/32");
    }

    private void deafen(int node, String host) {
        deaf.add(new Way(node, host));
        within(node, deafness("-I", host));
    }

    /** @param change -I to begin, -D to end */
    private static String[] deafness(String change, String host) {
        return new String[] {"iptables", change, "INPUT", "-s", host, "-j", "DROP"};
    }

    /** Where a node connects to another one it reaches a port of {@link #testHost} instead. */
    void redirect(int node, int other, int port, int instead) {
        within(
                node,
                "iptables",
                "-t",
                "nat",
                "-A",
                "OUTPUT",
                "-p",
                "tcp",
                "-d",
                host(other),
                "--dport",
                Integer.toString(port),
                "-j",
                "DNAT",
                "--to-destination",
                testHost() + ":" + instead);
    }

    /** Of the packets that a node gets from others so many are lost, at random; the namespace keeps it until its end. */
    public void loseFromNodes(int node, double share) {
        for (String other : others(node)) {
            within(
                    node,
                    "iptables",
                    "-A",
                    "INPUT",
                    "-s",
                    other,
                    "-m",
                    "statistic",
                    "--mode",
                    "random",
                    "--probability",
                    Double.toString(share),
                    "-j",
                    "DROP");
        }
    }

    /** Packets that {@link #loseFromNodes} has thrown away so far. */
    public long lost() {
        long lost = 0;
        for (int node = 0; node < nodes; node++) {
            lost += within(node, "iptables", "-L", "INPUT", "-n", "-v", "-x")
                    .lines()
                    .filter(line -> line.contains("DROP") && line.contains("statistic"))
                    .mapToLong(line -> Long.parseLong(line.strip().split(" +", 2)[0]))
                    .sum();
        }
        return lost;
    }

    private String within(int node, String... command) {
        List<String> whole = new ArrayList<>(prefix(node));
        whole.addAll(List.of(command));
        return run(whole.toArray(String[]::new));
    }

    /** All packets pass again. */
    public void heal() {
        for (Way cut : List.copyOf(cuts)) {
            run("ip", "-n", space(cut.node()), "route", "del", "blackhole", cut.host() + "/32");
            bothWays(cut.node(), true);
            cuts.remove(cut);
        }
        for (Way cut : List.copyOf(deaf)) {
            within(cut.node(), deafness("-D", cut.host()));
            deaf.remove(cut);
        }
    }

    private static String run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int exit = process.waitFor();
            if (exit != 0) {
                throw new IllegalStateException(
                        "Expected to do " + String.join(" ", command) + ", but it ended with " + exit + ": " + said);
            }
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to run " + String.join(" ", command) + ", but could not", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted at " + String.join(" ", command), e);
        }
    }

    private void remove() {
        List<String[]> commands = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            commands.add(new String[] {"ip", "netns", "del", space(i)});
        }
        if (bridgesAreFiltered()) {
            commands.add(passing("-D"));
        }
        commands.add(new String[] {"ip", "link", "del", name});
        for (String[] command : commands) {
            try {
                run(command);
            } catch (RuntimeException e) {
                // It was not made; the others are to go all the same.
            }
        }
    }

    @Override
    public void close() {
        remove();
        try {
            Runtime.getRuntime().removeShutdownHook(reaper);
        } catch (IllegalStateException e) {
            // This JVM is ending.
        }
    }
}
