// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.broker;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** STOMP 1.2 frames over a plain socket: all that a script or a device would have. */
final class StompClient implements AutoCloseable {

    private final Socket socket;

    private StompClient(Socket socket) {
        this.socket = socket;
    }

    static StompClient connect(int port, String user, String password) throws IOException {
        StompClient client = new StompClient(new Socket("127.0.0.1", port));
        client.socket.setSoTimeout(5_000);
        try {
            String answer = client.exchange(
                    "CONNECT",
                    Map.of("accept-version", "1.2", "host", "evenkeel", "login", user, "passcode", password),
                    "");
            if (!answer.startsWith("CONNECTED")) {
                throw new IOException("Expected CONNECTED, but the broker answered " + answer);
            }
            return client;
        } catch (IOException e) {
            client.close();
            throw e;
        }
    }

    /** Returns when the broker has answered with a receipt. */
    void send(String queue, String body, Map<String, String> headers) throws IOException {
        var all = new java.util.LinkedHashMap<>(headers);
        all.put("destination", queue);
        all.put("persistent", "true");
        all.put("receipt", "r");
        String answer = exchange("SEND", all, body);
        if (!answer.startsWith("RECEIPT")) {
            throw new IOException("Expected RECEIPT, but the broker answered " + answer);
        }
    }

    private String exchange(String command, Map<String, String> headers, String body) throws IOException {
        StringBuilder frame = new StringBuilder(command).append('\n');
        headers.forEach(
                (name, value) -> frame.append(name).append(':').append(value).append('\n'));
        frame.append('\n').append(body).append('\0');
        socket.getOutputStream().write(frame.toString().getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
        return readFrame();
    }

    private String readFrame() throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder frame = new StringBuilder();
        for (int c = in.read(); c > 0 || (c == '\n' && frame.isEmpty()); c = in.read()) {
            frame.append((char) c);
        }
        return frame.toString().strip();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
