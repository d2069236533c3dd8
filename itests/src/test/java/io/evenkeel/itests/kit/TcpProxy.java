// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Stands between clients and a server: passes bytes on in their order, later. What a lossy network does to a
 * TCP stream is that it stands still until a segment was sent again, and so does this one now and then.
 */
public final class TcpProxy implements AutoCloseable {
    private static final int CHUNK = 16 * 1024;
    private static final int CHUNKS = 256;
    private static final int LONGEST_STALL_MS = 2_000;
    static final Weather FINE = new Weather(Duration.ZERO, 0);
    private static final Weather CUT = new Weather(Duration.ofDays(1), 0);
    private static final Chunk END = new Chunk(new byte[0], 0);

    private final ServerSocket server;
    private final InetSocketAddress target;
    private volatile Weather weather;
    private final Random random;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    private final AtomicLong connections = new AtomicLong();

    private record Chunk(byte[] bytes, long dueNanos) {}

    /**
     * What becomes of bytes.
     *
     * @param delay        of each byte, in each direction
     * @param stallPercent of each hundred pieces so many stand still, for up to two seconds, and all behind them
     */
    record Weather(Duration delay, int stallPercent) {}

    /**
     * Listens from now on.
     *
     * @param host    to listen on
     * @param target  the server
     * @param weather until another one is set
     */
    TcpProxy(String host, InetSocketAddress target, Weather weather, Random random) {
        this.target = target;
        this.weather = weather;
        this.random = random;
        try {
            server = new ServerSocket();
            server.bind(new InetSocketAddress(host, 0));
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to listen on " + host + ", but could not", e);
        }
        start("accept", this::accept);
    }

    /** For Core clients. */
    String url() {
        return "tcp://" + server.getInetAddress().getHostAddress() + ":" + server.getLocalPort();
    }

    int port() {
        return server.getLocalPort();
    }

    /** That were made so far. */
    long connections() {
        return connections.get();
    }

    /** From the next piece on; none overtakes those before it. */
    void set(Weather changed) {
        weather = changed;
    }

    /** From the next piece on nothing arrives, and neither side is told, as when a cable is pulled. */
    void cut() {
        weather = CUT;
    }

    /** What was under way when the cut began is gone; new connections are as good as before. */
    void heal() {
        weather = FINE;
        open.forEach(this::end);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                open.add(client);
                start("connect", () -> connect(client));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void connect(Socket client) {
        try {
            Socket behind = new Socket(target.getAddress(), target.getPort());
            open.add(behind);
            client.setTcpNoDelay(true);
            behind.setTcpNoDelay(true);
            connections.incrementAndGet();
            pass(client, behind);
            pass(behind, client);
        } catch (IOException e) {
            end(client); // nobody is there now; the client sees that at once
        }
    }

    private void pass(Socket from, Socket to) {
        BlockingQueue<Chunk> chunks = new ArrayBlockingQueue<>(CHUNKS);
        start("read", () -> read(from, chunks));
        start("write", () -> write(chunks, from, to));
    }

    private void read(Socket from, BlockingQueue<Chunk> chunks) {
        try {
            byte[] buffer = new byte[CHUNK];
            for (int n = from.getInputStream().read(buffer);
                    n >= 0;
                    n = from.getInputStream().read(buffer)) {
                Weather now = weather;
                long due = System.nanoTime() + now.delay().toNanos() + stallNanos(now.stallPercent());
                chunks.put(new Chunk(Arrays.copyOf(buffer, n), due));
            }
            chunks.put(END);
        } catch (IOException e) {
            chunks.offer(END);
            end(from);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private long stallNanos(int stallPercent) {
        synchronized (random) {
            return random.nextInt(100) < stallPercent
                    ? TimeUnit.MILLISECONDS.toNanos(random.nextInt(LONGEST_STALL_MS))
                    : 0;
        }
    }

    private void write(BlockingQueue<Chunk> chunks, Socket from, Socket to) {
        try {
            for (Chunk chunk = chunks.take(); chunk != END; chunk = chunks.take()) {
                for (long left = chunk.dueNanos() - System.nanoTime();
                        left > 0;
                        left = chunk.dueNanos() - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                to.getOutputStream().write(chunk.bytes());
            }
        } catch (IOException e) {
            end(from); // the other side is gone
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            end(to);
        }
    }

    private void end(Socket socket) {
        open.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed for us.
        }
    }

    private static void start(String what, Runnable work) {
        Thread thread = new Thread(work, "tcp-proxy-" + what);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to close a proxy, but could not", e);
        } finally {
            open.forEach(this::end);
        }
    }
}
