package io.dorami.loadtest;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/** REST calls through the front door, timed from when they were due. Counted on the load's event loop. */
final class RestCalls implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int NO_ANSWER = 0;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();
    private final LoadLoop loop;
    private final URI base;
    private final Audience audience;

    final Histogram latency = new Histogram(TimeUnit.HOURS.toMicros(1), 3);
    long answered;
    /** Answered with a server's error, or not at all. */
    long failed;

    RestCalls(LoadLoop loop, URI base, Audience audience) {
        this.loop = loop;
        this.base = base;
        this.audience = audience;
    }

    /** What a call came to; status 0 where there was no answer. */
    record RestReply(int status, String body) {

        /** Why it failed, in a word. */
        String reason() {
            return body.startsWith("{")
                    ? Json.read(body, JsonNode.class).path("errorCode").asText()
                    : body;
        }

        boolean successful() {
            return status >= 200 && status < 300;
        }
    }

    /** The answer is given on the loop. */
    void call(String method, String path, String token, Map<String, ?> body, long due, Consumer<RestReply> then) {
        HttpRequest request = HttpRequest.newBuilder(base.resolve(path))
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + token)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(Json.write(body)))
                .build();
        http.sendAsync(request, BodyHandlers.ofString())
                .handle((response, e) -> e == null ? reply(response) : new RestReply(NO_ANSWER, String.valueOf(e)))
                .thenAccept(reply -> loop.execute(() -> {
                    latency.recordValue(RunCounters.micros(System.nanoTime() - due));
                    answered++;
                    if (reply.status == NO_ANSWER || reply.status >= 500) {
                        failed++;
                        audience.trouble(path.replaceAll("[0-9a-f-]{36}|[A-Za-z0-9_-]{16,}", "…") + " "
                                + (reply.status == NO_ANSWER ? reply.body : reply.status));
                    }
                    then.accept(reply);
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
