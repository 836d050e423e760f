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
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * A client of SRS's HTTP API: lists streams and clients, and disconnects clients. Every request fails with
 * {@link ErrorCode#BAD_GATEWAY} without a valid response; such a failure means nothing for the streams.
 */
@ApplicationScoped
public class SrsApi {

    /** SRS responds from memory; its list of 5,000 clients takes 0.1 s. */
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(3);

    /** More than max_connections in srs.conf. Without a number SRS lists 10. */
    private static final int MAX_RESULTS = 10_000;

    private static final String STREAMS = "/api/v1/streams/?start=0&count=" + MAX_RESULTS;

    static final Set<String> RTMP_PUBLISHER_TYPES = Set.of("fmle-publish", "flash-publish", "haivision-publish");

    /** SRS's response code for a request to disconnect a client that is not connected. */
    private static final int NO_SUCH_CLIENT = 2049;

    private static final int UNAUTHORIZED = 401;

    private static final Logger LOG = Logger.getLogger(SrsApi.class);

    private final HttpClient http;
    private final Optional<URI> address;
    private final List<String> credentials = new ArrayList<>();

    SrsApi(Vertx vertx, StreamConfig config) {
        this.http = vertx.createHttpClient();
        this.address = config.srsApi();
        credentials.add(basicCredentials(config.srsApiUser(), config.srsSecret()));
        config.formerSrsSecret().ifPresent(former -> credentials.add(basicCredentials(config.srsApiUser(), former)));
    }

    /**
     * The streams and clients of SRS.
     *
     * @param instanceId SRS's service id
     * @param players the players of each stream, without HLS players
     */
    public record Listing(
            String instanceId, Map<StreamKey, Publisher> publishers, Map<StreamKey, List<Client>> players) {}

    /**
     * A connection to SRS.
     *
     * @param type for example flv-play
     * @param seconds the time since the client connected
     */
    public record Client(String id, String type, long seconds) {}

    /**
     * The encoders that publish now.
     *
     * @param countedAt SRS's time at which it counted the bytes: see {@link ReceivedBytes}
     */
    record EncoderList(long countedAt, Map<StreamKey, Encoder> encoders) {}

    public boolean isConfigured() {
        return address.isPresent();
    }

    public Uni<Listing> list() {
        return call(HttpMethod.GET, STREAMS)
                .chain(streams -> call(HttpMethod.GET, "/api/v1/clients/?start=0&count=" + MAX_RESULTS)
                        .map(clients -> {
                            if (!streams.path("streams").isArray()
                                    || !clients.path("clients").isArray()
                                    || !streams.path("service").equals(clients.path("service"))) {
                                throw unavailable("SRS restarted between two requests, or the server is not SRS");
                            }
                            return parseListing(streams, clients);
                        }));
    }

    /** The present publisher of a stream; empty if it has none. */
    public Uni<Optional<Publisher>> findPublisher(StreamKey key) {
        return call(HttpMethod.GET, STREAMS)
                .map(streams -> Optional.ofNullable(parsePublishers(streams).get(key)));
    }

    /**
     * The bytes that SRS last counted for a publisher; empty if the publisher is gone. Fails for publishers over WebRTC,
     * whose bytes SRS adds only every 5 s, so that two equal counts prove nothing, and for those over SRT.
     */
    Uni<Optional<ReceivedBytes>> receivedBytes(Publisher publisher) {
        return lastCountTime()
                .chain(before -> call(HttpMethod.GET, "/api/v1/clients/" + publisher.clientId())
                        .chain(response -> response.path("code").asInt() == NO_SUCH_CLIENT
                                ? Uni.createFrom().item(Optional.empty())
                                : lastCountTime()
                                        .chain(after -> after.equals(before)
                                                ? Uni.createFrom().item(Optional.of(parseBytes(response, before)))
                                                : receivedBytes(publisher)))); // SRS counted between two responses
    }

    /** Lists the encoders with the bytes that SRS has counted, all at the time of one count. */
    Uni<EncoderList> listEncoders() {
        return lastCountTime()
                .chain(before -> call(HttpMethod.GET, STREAMS)
                        .chain(streams -> lastCountTime()
                                .chain(after -> after.equals(before)
                                        ? Uni.createFrom().item(new EncoderList(before, parseEncoders(streams)))
                                        : listEncoders()))); // SRS counted between two responses
    }

    /** Finds a connection to SRS; empty if the client is gone. */
    Uni<Optional<Client>> findClient(String id) {
        return call(HttpMethod.GET, "/api/v1/clients/" + id)
                .map(response -> response.path("code").asInt() == NO_SUCH_CLIENT
                        ? Optional.empty()
                        : Optional.of(parseClient(response.path("client"))));
    }

    /** Disconnects a publisher or player. Succeeds if the client is already gone. */
    public Uni<Void> disconnect(String client) {
        return call(HttpMethod.DELETE, "/api/v1/clients/" + client).replaceWithVoid();
    }

    /** Disconnects without waiting. The reconciliation tries again if SRS cannot be reached now. */
    public void disconnectInBackground(Publisher publisher) {
        if (isConfigured()) {
            disconnect(publisher.clientId())
                    .subscribe()
                    .with(
                            done -> {},
                            e -> LOG.infof(
                                    "Encoder of ended show not disconnected: client=%s cause=%s",
                                    publisher.clientId(), e.getMessage()));
        }
    }

    private static Listing parseListing(JsonNode streams, JsonNode clients) {
        String instanceId = streams.path("service").asText();
        Map<StreamKey, List<Client>> players = new HashMap<>();
        for (JsonNode client : clients.path("clients")) {
            String type = client.path("type").asText();
            if (!client.path("publish").asBoolean() && !type.startsWith("hls")) {
                parseKey(client.path("name"))
                        .ifPresent(key -> players.computeIfAbsent(key, absent -> new ArrayList<>())
                                .add(parseClient(client)));
            }
        }
        return new Listing(instanceId, parsePublishers(streams), players);
    }

    private static Client parseClient(JsonNode client) {
        return new Client(
                client.path("id").asText(),
                client.path("type").asText(),
                client.path("alive").asLong());
    }

    private static Map<StreamKey, Encoder> parseEncoders(JsonNode streams) {
        Map<StreamKey, Publisher> publishers = parsePublishers(streams);
        Map<StreamKey, Encoder> encoders = new HashMap<>();
        for (JsonNode stream : streams.path("streams")) {
            parseKey(stream.path("name"))
                    .ifPresent(key -> Optional.ofNullable(publishers.get(key))
                            .ifPresent(publisher -> encoders.put(
                                    key,
                                    new Encoder(
                                            publisher,
                                            stream.path("recv_bytes").asLong(),
                                            Encoder.Video.parse(stream.path("video")),
                                            Encoder.Audio.parse(stream.path("audio"))))));
        }
        return encoders;
    }

    private static Map<StreamKey, Publisher> parsePublishers(JsonNode streams) {
        String instanceId = streams.path("service").asText();
        Map<StreamKey, Publisher> publishers = new HashMap<>();
        for (JsonNode stream : streams.path("streams")) {
            JsonNode publish = stream.path("publish");
            if (publish.path("active").asBoolean()) {
                parseKey(stream.path("name"))
                        .ifPresent(key -> publishers.put(
                                key, new Publisher(publish.path("cid").asText(), instanceId)));
            }
        }
        return publishers;
    }

    private Uni<Long> lastCountTime() {
        return call(HttpMethod.GET, "/api/v1/summaries").map(summaries -> {
            JsonNode time = summaries.path("data").path("system").path("srs_sample_time");
            if (!time.isIntegralNumber()) {
                throw unavailable("no srs_sample_time");
            }
            return time.asLong();
        });
    }

    private static ReceivedBytes parseBytes(JsonNode response, long countedAt) {
        JsonNode client = response.path("client");
        JsonNode total = client.path("recv_bytes");
        if (!RTMP_PUBLISHER_TYPES.contains(client.path("type").asText()) || !total.isIntegralNumber()) {
            throw unavailable("no exact byte count of a " + client.path("type").asText());
        }
        return new ReceivedBytes(countedAt, total.asLong());
    }

    /** Parses a stream name by the rules for hooks. Empty if the name is not a key of this platform. */
    private static Optional<StreamKey> parseKey(JsonNode name) {
        try {
            return Optional.of(new SrsHook(null, null, null, null, name.asText(), null, null).key());
        } catch (DoramiException e) {
            return Optional.empty();
        }
    }

    private Uni<JsonNode> call(HttpMethod method, String path) {
        return Timeouts.failAfter(REQUEST_TIMEOUT, Uni.createFrom().deferred(() -> call(method, path, 0)))
                .onFailure(e -> !(e instanceof DoramiException))
                .transform(e -> unavailable(e.toString()));
    }

    private Uni<JsonNode> call(HttpMethod method, String path, int credential) {
        URI base = address.orElseThrow(() -> unavailable("dorami.stream.srs-api is not configured"));
        RequestOptions options = new RequestOptions()
                .setMethod(method)
                .setAbsoluteURI(base.resolve(path).toString())
                .setConnectTimeout(REQUEST_TIMEOUT.toMillis())
                .setIdleTimeout(REQUEST_TIMEOUT.toMillis())
                .putHeader("Authorization", credentials.get(credential));
        return http.request(options)
                .chain(HttpClientRequest::send)
                .chain(response -> response.statusCode() == UNAUTHORIZED && credential + 1 < credentials.size()
                        ? call(method, path, credential + 1)
                        : parseBody(response));
    }

    private static Uni<JsonNode> parseBody(HttpClientResponse response) {
        return response.body().map(Buffer::toString).map(text -> {
            int code;
            JsonNode result;
            try {
                result = Json.read(text, JsonNode.class);
                code = result.path("code").asInt(-1);
            } catch (IllegalArgumentException e) {
                throw unavailable("HTTP " + response.statusCode());
            }
            if (response.statusCode() != 200 || (code != 0 && code != NO_SUCH_CLIENT)) {
                throw unavailable("HTTP " + response.statusCode() + ", code " + code);
            }
            return result;
        });
    }

    private static DoramiException unavailable(String reason) {
        return new DoramiException(ErrorCode.BAD_GATEWAY, "SRS API unavailable: " + reason);
    }

    private static String basicCredentials(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }
}
