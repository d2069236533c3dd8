// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Answers HTTP as a test says, over a real socket, and remembers what it was asked. */
final class ScriptedNode implements AutoCloseable {
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;
    private final List<Heard> heard = new CopyOnWriteArrayList<>();
    private volatile Script script = exchange -> Reply.ok("{}");

    record Heard(String method, String path, Headers headers, String body) {
        String header(String name) {
            String value = headers.getFirst(name);
            return value == null ? "" : value;
        }
    }

    /** @param status 0: the connection is closed without an answer */
    record Reply(int status, String type, String body) {
        static Reply ok(String body) {
            return new Reply(200, "application/json", body);
        }

        static Reply problem(int status, String body) {
            return new Reply(status, "application/problem+json", body);
        }

        static final Reply HANG_UP = new Reply(0, "", "");
    }

    interface Script {
        Reply reply(Heard request) throws InterruptedException;
    }

    ScriptedNode() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
    }

    ScriptedNode script(Script next) {
        script = next;
        return this;
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    List<Heard> heard() {
        return heard;
    }

    private void serve(HttpExchange exchange) throws IOException {
        Heard request = new Heard(
                exchange.getRequestMethod(),
                exchange.getRequestURI().toString(),
                exchange.getRequestHeaders(),
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        heard.add(request);
        try (exchange) {
            Reply reply = script.reply(request);
            if (reply.status() == 0) {
                return;
            }
            exchange.getResponseHeaders().add("Content-Type", reply.type());
            // 0: chunked, so that a stream's part arrives although its end never comes.
            exchange.sendResponseHeaders(reply.status(), 0);
            OutputStream out = exchange.getResponseBody();
            out.write(reply.body().getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
