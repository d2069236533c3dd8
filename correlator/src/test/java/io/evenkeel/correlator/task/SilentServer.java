// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.task;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Takes connections and keeps them open, and says nothing; or what another server says, until it is told to be silent. */
final class SilentServer implements Closeable {
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final @Nullable Integer behind;
    private volatile boolean silent;

    SilentServer() throws IOException {
        this(null);
    }

    /** @param behind port of the server that speaks until {@link #beSilent}; null: none */
    SilentServer(@Nullable Integer behind) throws IOException {
        this.behind = behind;
        start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** From now on nothing passes. */
    void beSilent() {
        silent = true;
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = server.accept();
            sockets.add(client);
            if (behind != null) {
                Socket other = new Socket(InetAddress.getLoopbackAddress(), behind);
                sockets.add(other);
                start(() -> pass(client, other));
                start(() -> pass(other, client));
            }
        }
    }

    private void pass(Socket from, Socket to) throws IOException {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        byte[] bytes = new byte[8192];
        for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
            if (!silent) {
                out.write(bytes, 0, count);
                out.flush();
            }
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // It is closed.
                    }
                },
                "silent-server");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
