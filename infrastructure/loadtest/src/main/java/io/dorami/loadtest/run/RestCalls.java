package io.dorami.loadtest.run;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import io.dorami.contracts.http.ApiHeaders;
import io.dorami.loadtest.measurement.RunCounters;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/** REST calls through the gateway. Latency counts from the due time; counters are confined to the load's event loop. */
final class RestCalls implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int NO_RESPONSE = 0;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();
    private final LoadLoop loop;
    private final URI base;
    private final MemberPool pool;

    final Histogram latency = new Histogram(TimeUnit.HOURS.toMicros(1), 3);
    long completedCount;
    /** Calls with a server error, or without a response. */
    long failedCount;

    RestCalls(LoadLoop loop, URI base, MemberPool pool) {
        this.loop = loop;
        this.base = base;
        this.pool = pool;
    }

    /** Result of a call; status 0 if there was no response. */
    record RestReply(int status, String body) {

        /** Error code of the failure. */
        String reason() {
            return body.startsWith("{")
                    ? Json.read(body, JsonNode.class).path("errorCode").asText()
                    : body;
        }

        boolean isSuccessful() {
            return status >= 200 && status < 300;
        }
    }

    /** Sends a request; the callback runs on the loop. A POST has an idempotency key, as the page's have. */
    void call(String method, String path, String token, Map<String, ?> body, long due, Consumer<RestReply> callback) {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path))
                .timeout(TIMEOUT)
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + token)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(Json.write(body)));
        if (method.equals("POST")) {
            request.header(ApiHeaders.IDEMPOTENCY_KEY, UUID.randomUUID().toString());
        }
        http.sendAsync(request.build(), BodyHandlers.ofString())
                .handle((response, e) -> e == null ? reply(response) : new RestReply(NO_RESPONSE, String.valueOf(e)))
                .thenAccept(reply -> loop.execute(() -> {
                    latency.recordValue(RunCounters.micros(System.nanoTime() - due));
                    completedCount++;
                    if (reply.status == NO_RESPONSE || reply.status >= 500) {
                        failedCount++;
                        pool.recordProblem(path.replaceAll("[0-9a-f-]{36}|[A-Za-z0-9_-]{16,}", "…") + " "
                                + (reply.status == NO_RESPONSE ? reply.body : reply.status));
                    }
                    callback.accept(reply);
                }));
    }

    void get(String path, String token, long due) {
        call("GET", path, token, Map.of(), due, reply -> {});
    }

    private static RestReply reply(HttpResponse<String> response) {
        return new RestReply(response.statusCode(), response.body());
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
