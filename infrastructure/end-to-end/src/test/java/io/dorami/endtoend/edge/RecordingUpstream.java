package io.dorami.endtoend.edge;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An HTTP server behind Nginx that records what arrives. Without another handler it replies with its name. */
final class RecordingUpstream implements AutoCloseable {

    /**
     * A request as it arrived.
     *
     * @param headers first values; the names as the server normalizes them, such as X-forwarded-for
     */
    record Received(String method, String uri, Map<String, String> headers) {

        @Nullable
        String header(String name) {
            return headers.get(name.substring(0, 1) + name.substring(1).toLowerCase(Locale.ROOT));
        }
    }

    private final List<Received> requests = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;

    RecordingUpstream(String name) {
        this(exchange -> reply(exchange, 200, name));
    }

    RecordingUpstream(HttpHandler handler) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            requests.add(new Received(
                    exchange.getRequestMethod(), exchange.getRequestURI().toString(), firstValues(exchange)));
            exchange.getRequestBody().readAllBytes();
            handler.handle(exchange);
        });
        server.start();
    }

    static void reply(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        boolean hasBody = bytes.length > 0 && !exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, hasBody ? bytes.length : -1);
        if (hasBody) {
            exchange.getResponseBody().write(bytes);
        }
        exchange.close();
    }

    /** The server's host:port. */
    String address() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    List<Received> requests() {
        return List.copyOf(requests);
    }

    Received last() {
        return requests.getLast();
    }

    void clear() {
        requests.clear();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private static Map<String, String> firstValues(HttpExchange exchange) {
        return exchange.getRequestHeaders().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, header -> header.getValue().getFirst()));
    }
}
