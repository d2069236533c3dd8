// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Speaks as much STOMP 1.2 as it takes to send a message, frame by frame. */
final class StompPublisher implements AutoCloseable {
    private final Socket socket;
    private int receipts;

    StompPublisher(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(5_000);
        write("CONNECT\naccept-version:1.2\nhost:localhost\nlogin:" + TestBroker.USER + "\npasscode:"
                + TestBroker.PASSWORD + "\n\n");
        expect("CONNECTED");
    }

    /** Send to a queue and wait until the broker has it. */
    void send(String queue, Map<String, String> headers, String body) throws IOException {
        receipts++;
        StringBuilder frame = new StringBuilder("SEND\ndestination:" + queue
                + "\ndestination-type:ANYCAST\npersistent:true\nreceipt:" + receipts + "\n");
        headers.forEach(
                (name, value) -> frame.append(name).append(':').append(value).append('\n'));
        write(frame + "\n" + body);
        expect("RECEIPT\nreceipt-id:" + receipts);
    }

    private void write(String frame) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write((frame + "\0").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private void expect(String beginning) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        StringBuilder frame = new StringBuilder();
        for (int next = in.read(); next > 0; next = in.read()) {
            frame.append((char) next);
        }
        if (!frame.toString().stripLeading().startsWith(beginning)) {
            throw new IOException("Expected a frame " + beginning + ", but got " + frame);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
