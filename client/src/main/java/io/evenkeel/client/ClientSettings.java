// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * Which nodes a client knows, and how long it waits for them.
 *
 * @param nodes       URLs such as {@code http://10.0.0.1:8701}; at least one
 * @param connect     the longest wait for a connection; then the next node is asked
 * @param read        the longest wait for the answer to a read; then the next node is asked. It doubles each time that all
 *                    nodes were asked in vain
 * @param change      the same for a change, which waits for every member of the cluster
 * @param patience    how long to go on asking when nodes are there but cannot serve, such as while a majority is missing
 * @param absence     how long to go on asking when no node is there at all; zero: each is asked once
 * @param feedSilence after so long without a sign of life a feed moves to another node; nodes give one every 5 s
 */
public record ClientSettings(
        List<URI> nodes,
        Duration connect,
        Duration read,
        Duration change,
        Duration patience,
        Duration absence,
        Duration feedSilence) {
    private static final Duration CONNECT = Duration.ofMillis(1_000);
    private static final Duration READ = Duration.ofMillis(1_500);
    private static final Duration CHANGE = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration FEED_SILENCE = Duration.ofSeconds(15);

    public ClientSettings {
        nodes = nodes.stream().map(ClientSettings::checked).toList();
        if (nodes.isEmpty()) {
            throw new IllegalArgumentException("Expected the URL of at least one node, but got none");
        }
        requirePositive("connect", connect);
        requirePositive("read", read);
        requirePositive("change", change);
        requirePositive("feedSilence", feedSilence);
        requireNonNull(patience, "patience");
        requireNonNull(absence, "absence");
    }

    /** These nodes, and waits that fit most uses. @throws IllegalArgumentException if one is no URL of HTTP */
    public static ClientSettings of(String... nodes) {
        List<URI> urls = Arrays.stream(nodes).map(URI::create).toList();
        return new ClientSettings(urls, CONNECT, READ, CHANGE, PATIENCE, PATIENCE, FEED_SILENCE);
    }

    public ClientSettings withPatience(Duration limit) {
        return new ClientSettings(nodes, connect, read, change, limit, absence, feedSilence);
    }

    public ClientSettings withAbsence(Duration limit) {
        return new ClientSettings(nodes, connect, read, change, patience, limit, feedSilence);
    }

    public ClientSettings withRead(Duration limit) {
        return new ClientSettings(nodes, connect, limit, change, patience, absence, feedSilence);
    }

    public ClientSettings withChange(Duration limit) {
        return new ClientSettings(nodes, connect, read, limit, patience, absence, feedSilence);
    }

    public ClientSettings withFeedSilence(Duration limit) {
        return new ClientSettings(nodes, connect, read, change, patience, absence, limit);
    }

    private static URI checked(URI url) {
        String text = url.toString().replaceAll("/+$", "");
        if (url.getHost() == null || !List.of("http", "https").contains(url.getScheme())) {
            throw new IllegalArgumentException("Expected a URL such as http://127.0.0.1:8701, but got '" + url + "'.");
        }
        return URI.create(text);
    }

    private static void requirePositive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("Expected " + name + " to be positive, but it is " + value);
        }
    }
}
