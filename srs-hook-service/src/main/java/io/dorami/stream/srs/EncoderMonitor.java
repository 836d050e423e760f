package io.dorami.stream.srs;

import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.stream.state.Publisher;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Reads from SRS what the encoders send. One list of all streams serves all callers for {@link #MIN_INTERVAL}, and SRS is
 * not asked while no page asks. The state is one entry for each encoder that publishes: 5,000 of SRS's connections at
 * most, 500 bytes each.
 */
@ApplicationScoped
public class EncoderMonitor {

    /** Time for which a list is valid. SRS counts bytes every 3 s; a list of 1,000 streams is 0.6 MB. */
    private static final Duration MIN_INTERVAL = Duration.ofSeconds(2);

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final SrsApi srs;
    private final Uni<Map<StreamKey, Measurement>> measurements;
    private final Map<Publisher, Uni<Connection>> connections = new ConcurrentHashMap<>();
    private volatile Map<StreamKey, ReceivedBytesHistory> histories = Map.of();

    EncoderMonitor(SrsApi srs) {
        this.srs = srs;
        this.measurements = Uni.createFrom()
                .deferred(srs::listEncoders)
                .map(this::measure)
                .memoize()
                .forFixedDuration(MIN_INTERVAL);
    }

    /** The protocol by which an encoder sends. */
    public enum Protocol {
        RTMP,
        WEBRTC,
        SRT,
        OTHER;

        /** The protocol of SRS's type of client, such as fmle-publish, rtc-publish or srt-publish. */
        static Protocol of(String clientType) {
            if (SrsApi.RTMP_PUBLISHER_TYPES.contains(clientType)) {
                return RTMP;
            }
            return clientType.startsWith("rtc-") ? WEBRTC : clientType.startsWith("srt-") ? SRT : OTHER;
        }
    }

    /**
     * An encoder that publishes now.
     *
     * @param kilobitsPerSecond empty until SRS has counted the bytes twice
     */
    public record EncoderStatus(
            Encoder encoder, Protocol protocol, Instant connectedAt, OptionalLong kilobitsPerSecond) {}

    private record Measurement(Encoder encoder, OptionalLong kilobitsPerSecond) {}

    private record Connection(Protocol protocol, Instant connectedAt) {}

    /**
     * Finds the stream's encoder; empty if none is connected.
     *
     * @throws DoramiException {@link ErrorCode#BAD_GATEWAY} if SRS does not respond
     */
    public Uni<Optional<EncoderStatus>> find(StreamKey key) {
        return measurements
                .map(all -> Optional.ofNullable(all.get(key)))
                .chain(found -> found.isEmpty()
                        ? Uni.createFrom().item(Optional.empty())
                        : findConnection(found.get().encoder().publisher())
                                .map(connection -> Optional.of(new EncoderStatus(
                                        found.get().encoder(),
                                        connection.protocol(),
                                        connection.connectedAt(),
                                        found.get().kilobitsPerSecond()))));
    }

    /** Runs once for each list. */
    private Map<StreamKey, Measurement> measure(SrsApi.EncoderList list) {
        Map<StreamKey, ReceivedBytesHistory> next = new HashMap<>();
        Map<StreamKey, Measurement> result = new HashMap<>();
        Map<StreamKey, ReceivedBytesHistory> before = histories;
        list.encoders().forEach((key, encoder) -> {
            ReceivedBytesHistory history = ReceivedBytesHistory.next(
                    before.get(key), encoder.publisher(), new ReceivedBytes(list.countedAt(), encoder.bytesReceived()));
            next.put(key, history);
            result.put(key, new Measurement(encoder, history.kilobitsPerSecond()));
        });
        histories = Map.copyOf(next);
        connections
                .keySet()
                .retainAll(next.values().stream()
                        .map(ReceivedBytesHistory::publisher)
                        .collect(Collectors.toSet()));
        return Map.copyOf(result);
    }

    /** Protocol and time of a connection never change, so that one request for each connection suffices. */
    private Uni<Connection> findConnection(Publisher publisher) {
        return connections.computeIfAbsent(
                publisher,
                absent -> srs.findClient(publisher.clientId())
                        .map(found -> {
                            SrsApi.Client client = found.orElseThrow(() -> new DoramiException(
                                    ErrorCode.BAD_GATEWAY, "SRS API unavailable: the encoder has just disconnected"));
                            return new Connection(
                                    Protocol.of(client.type()), clock.instant().minusSeconds(client.seconds()));
                        })
                        .onFailure()
                        .invoke(() -> connections.remove(publisher))
                        .memoize()
                        .indefinitely());
    }
}
