package io.dorami.stream.srs;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.runtime.Timeouts;
import io.dorami.stream.StreamConfig;
import io.dorami.stream.state.Publisher;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.core.buffer.Buffer;
import io.vertx.mutiny.core.http.HttpClient;
import io.vertx.mutiny.core.http.HttpClientRequest;
import io.vertx.mutiny.core.http.HttpClientResponse;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * SRS's HTTP API: what it has, and whom to disconnect. Every call fails with {@link ErrorCode#BAD_GATEWAY} where there is no
 * sensible answer; that says nothing about the streams.
 */
@ApplicationScoped
public class SrsApi {

    /** SRS answers from memory; its list of 5,000 clients takes 0.1 s. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    /** More than max_connections in srs.conf; without a number SRS answers 10. */
    private static final int ALL = 10_000;

    /** SRS's answer to whoever would disconnect a client that is not there. */
    private static final int NO_SUCH_CLIENT = 2049;

    private static final int UNAUTHORIZED = 401;

    private final HttpClient http;
    private final Optional<URI> address;
    private final List<String> credentials = new ArrayList<>();

    SrsApi(Vertx vertx, StreamConfig config) {
        this.http = vertx.createHttpClient();
        this.address = config.srsApi();
        credentials.add(basic(config.srsApiUser(), config.srsSecret()));
        config.formerSrsSecret().ifPresent(former -> credentials.add(basic(config.srsApiUser(), former)));
    }

    /**
     * All that SRS has.
     *
     * @param run its service id
     * @param players who plays each stream, but for those who do by HLS
     */
    public record Listing(String run, Map<StreamKey, Publisher> publishers, Map<StreamKey, List<Client>> players) {}

    /**
     * A connection to SRS.
     *
     * @param type such as flv-play
     * @param seconds since it came
     */
    public record Client(String id, String type, long seconds) {}

    public boolean configured() {
        return address.isPresent();
    }

    public Uni<Listing> list() {
        return call(HttpMethod.GET, "/api/v1/streams/?start=0&count=" + ALL)
                .chain(streams -> call(HttpMethod.GET, "/api/v1/clients/?start=0&count=" + ALL)
                        .map(clients -> {
                            if (!streams.path("streams").isArray()
                                    || !clients.path("clients").isArray()
                                    || !streams.path("service").equals(clients.path("service"))) {
                                throw noAnswer("it restarted, or is no SRS");
                            }
                            return listing(streams, clients);
                        }));
    }

    /** Disconnects a client of SRS, publisher or player; one that is gone already is as good. */
    public Uni<Void> disconnect(String client) {
        return call(HttpMethod.DELETE, "/api/v1/clients/" + client).replaceWithVoid();
    }

    private static Listing listing(JsonNode streams, JsonNode clients) {
        String run = streams.path("service").asText();
        Map<StreamKey, Publisher> publishers = new HashMap<>();
        Map<StreamKey, List<Client>> players = new HashMap<>();
        for (JsonNode stream : streams.path("streams")) {
            if (stream.path("publish").path("active").asBoolean()) {
                key(stream.path("name"))
                        .ifPresent(key -> publishers.put(
                                key,
                                new Publisher(stream.path("publish").path("cid").asText(), run)));
            }
        }
        for (JsonNode client : clients.path("clients")) {
            String type = client.path("type").asText();
            if (!client.path("publish").asBoolean() && !type.startsWith("hls")) {
                key(client.path("name"))
                        .ifPresent(key -> players.computeIfAbsent(key, none -> new ArrayList<>())
                                .add(new Client(
                                        client.path("id").asText(),
                                        type,
                                        client.path("alive").asLong())));
            }
        }
        return new Listing(run, publishers, players);
    }

    /** By the rules for hooks; a name that is no key of ours is none of ours. */
    private static Optional<StreamKey> key(JsonNode name) {
        try {
            return Optional.of(new SrsHook(null, null, null, name.asText(), null, null).key());
        } catch (DoramiException e) {
            return Optional.empty();
        }
    }

    private Uni<JsonNode> call(HttpMethod method, String path) {
        return Timeouts.within(PATIENCE, Uni.createFrom().deferred(() -> call(method, path, 0)))
                .onFailure(e -> !(e instanceof DoramiException))
                .transform(e -> noAnswer(e.toString()));
    }

    private Uni<JsonNode> call(HttpMethod method, String path, int credential) {
        URI base = address.orElseThrow(() -> noAnswer("its address is not configured"));
        RequestOptions options = new RequestOptions()
                .setMethod(method)
                .setAbsoluteURI(base.resolve(path).toString())
                .setConnectTimeout(PATIENCE.toMillis())
                .setIdleTimeout(PATIENCE.toMillis())
                .putHeader("Authorization", credentials.get(credential));
        return http.request(options)
                .chain(HttpClientRequest::send)
                .chain(response -> response.statusCode() == UNAUTHORIZED && credential + 1 < credentials.size()
                        ? call(method, path, credential + 1)
                        : body(response));
    }

    private static Uni<JsonNode> body(HttpClientResponse response) {
        return response.body().map(Buffer::toString).map(text -> {
            int code;
            JsonNode answer;
            try {
                answer = Json.read(text, JsonNode.class);
                code = answer.path("code").asInt(-1);
            } catch (IllegalArgumentException e) {
                throw noAnswer("HTTP " + response.statusCode());
            }
            if (response.statusCode() != 200 || (code != 0 && code != NO_SUCH_CLIENT)) {
                throw noAnswer("HTTP " + response.statusCode() + ", code " + code);
            }
            return answer;
        });
    }

    private static DoramiException noAnswer(String reason) {
        return new DoramiException(ErrorCode.BAD_GATEWAY, "SRS's API does not answer: " + reason);
    }

    private static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }
}
