package io.dorami.stream;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dorami.contracts.StreamKey;
import io.dorami.contracts.User;
import io.dorami.service.CurrentUser;
import io.dorami.service.Presence;
import io.dorami.service.Success;
import io.quarkus.security.Authenticated;
import io.smallrye.mutiny.Uni;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jspecify.annotations.Nullable;

/** The contract's streaming calls. */
@Path("/api/streaming")
@Tag(name = "Streams")
public class StreamResource {

    /** Live shows on one page; at the target of 500 viewers each, far beyond one platform. */
    private static final int ON_AIR = 100;

    private static final Duration COUNT_PATIENCE = Duration.ofMillis(500);

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final SecureRandom random = new SecureRandom();
    private final StreamStore store;
    private final PublishTokens tokens;
    private final Presence presence;
    private final StreamConfig config;
    private final CurrentUser caller;

    StreamResource(
            StreamStore store, PublishTokens tokens, Presence presence, StreamConfig config, CurrentUser caller) {
        this.store = store;
        this.tokens = tokens;
        this.presence = presence;
        this.config = config;
        this.caller = caller;
    }

    /** What readers are told: GRACE is LIVE, for the show goes on. */
    public enum Status {
        PENDING,
        LIVE,
        OFFLINE;

        static Status of(StreamState state) {
            return switch (state) {
                case StreamState.Pending pending -> PENDING;
                case StreamState.Live live -> LIVE;
                case StreamState.Grace grace -> LIVE;
                case StreamState.Offline offline -> OFFLINE;
            };
        }
    }

    /** What a stream begins with. */
    public record NewStream(
            @NotBlank @Size(max = 100) String title,
            @Nullable @Size(max = 1_000) String description,
            @Nullable Instant scheduledAt,
            @Nullable @Size(max = 500) String thumbnailUrl) {}

    /** The stream as its owner sees it; {@code publishKey} is what to paste into the encoder, and a secret. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Session(
            UUID id,
            String userId,
            StreamKey streamKey,
            String title,
            @Nullable String description,
            Status status,
            String rtmpUrl,
            String hlsUrl,
            @Nullable Instant startedAt,
            @Nullable Instant endedAt,
            @Nullable Instant scheduledAt,
            @Nullable String thumbnailUrl,
            Instant expiresAt,
            Instant createdAt,
            @Nullable String publishKey) {}

    /** The stream as everybody sees it. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Card(
            UUID id,
            StreamKey streamKey,
            String title,
            @Nullable String description,
            long viewerCount,
            @Nullable String thumbnailUrl,
            @Nullable Instant startedAt,
            @Nullable Instant scheduledAt,
            Status status,
            @JsonProperty("isLive") boolean isLive,
            Host host) {}

    /** Who shows. */
    public record Host(String id, String name) {}

    /** Whether a stream is live, for a page that has only its key. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record KeyStatus(
            Status status, long viewerCount, @Nullable Instant startedAt, String title) {}

    @POST
    @Path("/generate-key")
    @Authenticated
    @ResponseStatus(201)
    public Uni<Success<Session>> generateKey(@NotNull @Valid NewStream wish) {
        User owner = caller.get();
        Instant now = clock.instant();
        Instant begins = wish.scheduledAt() == null || wish.scheduledAt().isBefore(now) ? now : wish.scheduledAt();
        Stream stream = new Stream(
                UUID.randomUUID(),
                newKey(),
                owner.id(),
                owner.name(),
                wish.title().strip(),
                wish.description(),
                wish.thumbnailUrl(),
                wish.scheduledAt(),
                begins.plus(config.keyTime()),
                now,
                null,
                null,
                new StreamState.Pending());
        String publishKey = stream.key() + "?token=" + tokens.issue(stream.key(), stream.expiresAt());
        return store.register(stream).replaceWith(() -> Success.of(session(stream, publishKey)));
    }

    @PATCH
    @Path("/{id}/stop")
    @Authenticated
    public Uni<Success<Session>> stop(UUID id) {
        User user = caller.get();
        return store.end(id, stream -> stream.mayBeChangedBy(user)).map(stream -> Success.of(session(stream, null)));
    }

    @GET
    @Path("/active")
    public Uni<Success<List<Card>>> active() {
        return store.onAir(ON_AIR).chain(this::cards).map(Success::of);
    }

    @GET
    @Path("/upcoming")
    public Uni<Success<List<Card>>> upcoming(@QueryParam("limit") @DefaultValue("3") @Min(1) @Max(50) int limit) {
        return store.onAir(limit)
                .chain(live -> store.toCome(limit)
                        .map(toCome -> java.util.stream.Stream.concat(live.stream(), toCome.stream())
                                .limit(limit)
                                .toList()))
                .chain(this::cards)
                .map(Success::of);
    }

    /** An unknown key is offline, not an error: the page asks before it knows. */
    @GET
    @Path("/key/{key}/status")
    public Uni<Success<KeyStatus>> status(StreamKey key) {
        return store.find(key)
                .chain(stream -> viewers(List.of(key))
                        .map(counts -> stream.map(found -> new KeyStatus(
                                        Status.of(found.state()), counts.getFirst(), found.startedAt(), found.title()))
                                .orElseGet(() -> new KeyStatus(Status.OFFLINE, 0, null, ""))))
                .map(Success::of);
    }

    private Uni<List<Card>> cards(List<Stream> streams) {
        return viewers(streams.stream().map(Stream::key).toList())
                .map(counts -> IntStream.range(0, streams.size())
                        .mapToObj(i -> card(streams.get(i), counts.get(i)))
                        .toList());
    }

    /** Zeros while Redis does not answer: the number adorns what is known without it. */
    private Uni<List<Long>> viewers(List<StreamKey> keys) {
        return presence.counts(keys)
                .ifNoItem()
                .after(COUNT_PATIENCE)
                .fail()
                .onFailure()
                .recoverWithItem(e -> Collections.nCopies(keys.size(), 0L));
    }

    private static Card card(Stream stream, long viewers) {
        return new Card(
                stream.id(),
                stream.key(),
                stream.title(),
                stream.description(),
                viewers,
                stream.thumbnailUrl(),
                stream.startedAt(),
                stream.scheduledAt(),
                Status.of(stream.state()),
                stream.state().onAir(),
                new Host(stream.ownerId(), stream.ownerName()));
    }

    private Session session(Stream stream, @Nullable String publishKey) {
        return new Session(
                stream.id(),
                stream.ownerId(),
                stream.key(),
                stream.title(),
                stream.description(),
                Status.of(stream.state()),
                config.rtmpUrl(),
                config.publicUrl() + "/hls/" + stream.key() + ".m3u8",
                stream.startedAt(),
                stream.endedAt(),
                stream.scheduledAt(),
                stream.thumbnailUrl(),
                stream.expiresAt(),
                stream.createdAt(),
                publishKey);
    }

    /** 128 random bits: nobody comes upon a stream by guessing. */
    private StreamKey newKey() {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return new StreamKey(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }
}
