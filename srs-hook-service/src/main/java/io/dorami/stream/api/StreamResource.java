package io.dorami.stream.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.dorami.contracts.User;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.events.StreamStatus;
import io.dorami.contracts.events.StreamSummary;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.presence.MediaViewers;
import io.dorami.presence.Presence;
import io.dorami.service.rest.SuccessResponse;
import io.dorami.service.runtime.Timeouts;
import io.dorami.service.security.CurrentUser;
import io.dorami.stream.StreamConfig;
import io.dorami.stream.access.PublishKeyGenerations;
import io.dorami.stream.access.StreamTokens;
import io.dorami.stream.srs.SrsApi;
import io.dorami.stream.srs.SrsApi.Client;
import io.dorami.stream.state.Publisher;
import io.dorami.stream.state.Stream;
import io.dorami.stream.state.StreamProgress;
import io.dorami.stream.state.StreamStore;
import io.quarkus.security.Authenticated;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DELETE;
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
import java.util.function.Function;
import java.util.stream.IntStream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jspecify.annotations.Nullable;

/** The REST API of streams, as the contract defines it. */
@Path("/api/streaming")
@Tag(name = "Streams")
public class StreamResource {

    /** Live shows on one page. At the target of 500 viewers for each show, this is far beyond one platform. */
    private static final int MAX_LIVE_SHOWS = 100;

    private static final Duration VIEWER_COUNT_TIMEOUT = Duration.ofMillis(500);

    private static final Logger LOG = Logger.getLogger(StreamResource.class);

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final SecureRandom random = new SecureRandom();
    private final StreamStore store;
    private final StreamTokens tokens;
    private final PublishKeyGenerations generations;
    private final SrsApi srs;
    private final Presence presence;
    private final MediaViewers mediaViewers;
    private final StreamConfig config;
    private final CurrentUser currentUser;

    StreamResource(
            StreamStore store,
            StreamTokens tokens,
            PublishKeyGenerations generations,
            SrsApi srs,
            Presence presence,
            MediaViewers mediaViewers,
            StreamConfig config,
            CurrentUser currentUser) {
        this.store = store;
        this.tokens = tokens;
        this.generations = generations;
        this.srs = srs;
        this.presence = presence;
        this.mediaViewers = mediaViewers;
        this.config = config;
        this.currentUser = currentUser;
    }

    /** The request for a new stream. A private stream is in no list, and playing it needs an invitation. */
    public record NewStream(
            @NotBlank @Size(max = 100) String title,
            @Nullable @Size(max = 1_000) String description,
            @Nullable Instant scheduledAt,
            @Nullable @Size(max = 500) String thumbnailUrl,
            boolean isPrivate) {}

    /**
     * A stream as its owner and admins see it.
     *
     * @param publishKey the key to paste into the encoder; only the owner gets it
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Session(
            UUID id,
            String userId,
            StreamKey streamKey,
            String title,
            @Nullable String description,
            StreamStatus status,
            String rtmpUrl,
            String hlsUrl,
            @Nullable Instant startedAt,
            @Nullable Instant endedAt,
            @Nullable Instant scheduledAt,
            @Nullable String thumbnailUrl,
            Instant expiresAt,
            Instant createdAt,
            @Nullable String publishKey) {}

    /**
     * The status of a stream, for a page that has only its key.
     *
     * @param host missing if the key is unknown
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record KeyStatus(
            StreamStatus status,
            long viewerCount,
            @Nullable Instant startedAt,
            String title,
            StreamSummary.@Nullable Host host) {}

    /**
     * A show on air, for admins.
     *
     * @param publishing whether the encoder is connected; if not, the show ends unless the encoder reconnects in time
     * @param mediaViewers connections that play the show over HTTP-FLV or RTMP; viewerCount counts the people in the
     *     room
     */
    public record LiveShow(StreamSummary stream, boolean publishing, long mediaViewers) {}

    /** A show in the history; it may still be on air. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record PastShow(
            UUID id,
            StreamKey streamKey,
            String title,
            StreamSummary.Host host,
            Instant startedAt,
            @Nullable Instant endedAt,
            long durationSeconds) {}

    /**
     * The players of a stream's media.
     *
     * @param mediaViewers connections as counted by hooks, without HLS players
     * @param clients as SRS lists them; empty if its API does not respond
     */
    public record Media(long mediaViewers, List<Client> clients) {}

    /** An invitation to a private stream. Both addresses carry the token and play the stream until it expires. */
    public record Invitation(String token, String flvUrl, String hlsUrl, Instant expiresAt) {}

    @POST
    @Path("/generate-key")
    @Authenticated
    @ResponseStatus(201)
    @Operation(summary = "Create stream with a publish key for the encoder")
    public Uni<SuccessResponse<Session>> generateKey(@NotNull @Valid NewStream request) {
        User owner = currentUser.get();
        Instant now = clock.instant();
        Instant startsAt =
                request.scheduledAt() == null || request.scheduledAt().isBefore(now) ? now : request.scheduledAt();
        Stream stream = new Stream(
                UUID.randomUUID(),
                generateStreamKey(request.isPrivate()),
                owner.id(),
                owner.name(),
                request.title().strip(),
                request.description(),
                request.thumbnailUrl(),
                request.scheduledAt(),
                startsAt.plus(config.publishKeyLifetime()),
                now,
                null,
                null,
                0,
                StreamProgress.initial(now));
        return store.register(stream).replaceWith(() -> SuccessResponse.of(toSession(stream, owner)));
    }

    @POST
    @Path("/{id}/rotate-key")
    @Authenticated
    @Operation(summary = "Rotate publish key; older keys are revoked, a current publisher stays connected")
    public Uni<SuccessResponse<Session>> rotateKey(UUID id) {
        User user = currentUser.get();
        return store.rotateKey(id, user, clock.instant().plus(config.publishKeyLifetime()))
                .call(changed -> generations.publish(changed.after()))
                .map(changed -> SuccessResponse.of(toSession(changed.after(), user)));
    }

    @PATCH
    @Path("/{id}/go-live")
    @Authenticated
    @Operation(summary = "Start show; it ends again if no encoder connects within the grace period")
    public Uni<SuccessResponse<Session>> goLive(UUID id) {
        User user = currentUser.get();
        return store.announce(id, user).map(changed -> SuccessResponse.of(toSession(changed.after(), user)));
    }

    @PATCH
    @Path("/{id}/stop")
    @Authenticated
    @Operation(summary = "End show immediately; if an admin ends another user's show, its publish key is revoked")
    public Uni<SuccessResponse<Session>> stop(UUID id) {
        User user = currentUser.get();
        return store.end(id, user)
                .call(changed ->
                        changed.after().keyGeneration() == changed.before().keyGeneration()
                                ? Uni.createFrom().voidItem()
                                : generations.publish(changed.after()))
                .invoke(changed -> changed.before().publisher().ifPresent(this::disconnectInBackground))
                .map(changed -> SuccessResponse.of(toSession(changed.after(), user)));
    }

    @DELETE
    @Path("/{id}/publisher")
    @Authenticated
    @Operation(summary = "Disconnect encoder; it may reconnect within the grace period, if its key is not revoked")
    public Uni<SuccessResponse<Session>> disconnectPublisher(UUID id) {
        User user = currentUser.get();
        return getManageable(id, user)
                .chain(stream -> srs.disconnect(stream.publisher()
                                .map(Publisher::clientId)
                                .orElseThrow(
                                        () -> new DoramiException(ErrorCode.CONFLICT, "The stream has no publisher")))
                        .replaceWith(() -> SuccessResponse.of(toSession(stream, user))));
    }

    @GET
    @Path("/{id}/media")
    @Authenticated
    @Operation(summary = "List players of the media over HTTP-FLV or RTMP")
    public Uni<SuccessResponse<Media>> media(UUID id) {
        return getManageable(id, currentUser.get()).chain(this::media).map(SuccessResponse::of);
    }

    @DELETE
    @Path("/{id}/media/{client}")
    @Authenticated
    @Operation(summary = "Disconnect a player of the media")
    public Uni<SuccessResponse<Media>> disconnectPlayer(UUID id, String client) {
        return getManageable(id, currentUser.get())
                .chain(stream -> players(stream).chain(clients -> {
                    if (clients.stream().noneMatch(player -> player.id().equals(client))) {
                        throw new DoramiException(ErrorCode.NOT_FOUND, "Client does not play this stream");
                    }
                    return srs.disconnect(client).chain(() -> media(stream));
                }))
                .map(SuccessResponse::of);
    }

    @POST
    @Path("/{id}/invitations")
    @Authenticated
    @ResponseStatus(201)
    @Operation(summary = "Create invitation to a private stream")
    public Uni<SuccessResponse<Invitation>> invite(UUID id) {
        return getManageable(id, currentUser.get()).map(stream -> {
            if (!stream.key().isPrivate()) {
                throw new DoramiException(ErrorCode.CONFLICT, "The stream is public; it needs no invitation");
            }
            Instant expires = clock.instant().plus(config.invitationLifetime());
            String token = tokens.playToken(stream.key(), expires);
            String query = "?token=" + token;
            return SuccessResponse.of(new Invitation(
                    token,
                    config.publicUrl() + "/live/live/" + stream.key() + ".flv" + query,
                    hlsUrl(stream.key()) + query,
                    expires));
        });
    }

    @GET
    @Path("/active")
    @Operation(summary = "List shows on air, the newest first")
    public Uni<SuccessResponse<List<StreamSummary>>> active() {
        return store.findPublicOnAir(MAX_LIVE_SHOWS).chain(this::summaries).map(SuccessResponse::of);
    }

    @GET
    @Path("/upcoming")
    @Operation(summary = "List shows on air, then upcoming shows, the next one first")
    public Uni<SuccessResponse<List<StreamSummary>>> upcoming(
            @QueryParam("limit") @DefaultValue("3") @Min(1) @Max(50) int limit) {
        return store.findUpcoming(limit).chain(this::summaries).map(SuccessResponse::of);
    }

    @GET
    @Path("/key/{key}/status")
    @Operation(summary = "Get status of a stream by key; an unknown key is offline, because pages request it early")
    public Uni<SuccessResponse<KeyStatus>> status(StreamKey key) {
        return store.find(key)
                .chain(stream -> counts(presence::counts, List.of(key))
                        .map(counts -> stream.map(found -> new KeyStatus(
                                        found.state().status(),
                                        counts.getFirst(),
                                        found.startedAt(),
                                        found.title(),
                                        found.host()))
                                .orElseGet(() -> new KeyStatus(StreamStatus.OFFLINE, 0, null, "", null))))
                .map(SuccessResponse::of);
    }

    @GET
    @Path("/live-status")
    @RolesAllowed("ADMIN")
    @Operation(summary = "List shows on air with their media viewers, private shows included")
    public Uni<SuccessResponse<List<LiveShow>>> liveStatus() {
        return store.findOnAir(MAX_LIVE_SHOWS)
                .chain(streams -> {
                    List<StreamKey> keys = streams.stream().map(Stream::key).toList();
                    return Uni.combine()
                            .all()
                            .unis(counts(presence::counts, keys), counts(mediaViewers::counts, keys))
                            .with((viewers, players) -> IntStream.range(0, streams.size())
                                    .mapToObj(i -> new LiveShow(
                                            streams.get(i).summary(viewers.get(i)),
                                            streams.get(i).publisher().isPresent(),
                                            players.get(i)))
                                    .toList());
                })
                .map(SuccessResponse::of);
    }

    @GET
    @Path("/history")
    @RolesAllowed("ADMIN")
    @Operation(summary = "List all past and current shows, the newest first")
    public Uni<SuccessResponse<List<PastShow>>> history(
            @QueryParam("take") @DefaultValue("50") @Min(1) @Max(100) int take,
            @QueryParam("skip") @DefaultValue("0") @Min(0) @Max(1_000_000) int skip) {
        return store.findHistory(take, skip)
                .map(shows -> shows.stream().map(this::toPastShow).toList())
                .map(SuccessResponse::of);
    }

    private Uni<Media> media(Stream stream) {
        return counts(mediaViewers::counts, List.of(stream.key()))
                .chain(counts -> players(stream)
                        .onFailure()
                        .recoverWithItem(List.of())
                        .map(clients -> new Media(counts.getFirst(), clients)));
    }

    private Uni<List<Client>> players(Stream stream) {
        return srs.list().map(listing -> listing.players().getOrDefault(stream.key(), List.of()));
    }

    private Uni<Stream> getManageable(UUID id, User user) {
        return store.get(id).invoke(stream -> {
            if (!stream.canBeManagedBy(user)) {
                throw new DoramiException(ErrorCode.FORBIDDEN, "Only the stream's owner or an admin may do this");
            }
        });
    }

    private Uni<List<StreamSummary>> summaries(List<Stream> streams) {
        return counts(presence::counts, streams.stream().map(Stream::key).toList())
                .map(counts -> IntStream.range(0, streams.size())
                        .mapToObj(i -> streams.get(i).summary(counts.get(i)))
                        .toList());
    }

    /** Returns zeros if Redis does not respond, because the list is useful without the counts. */
    private static Uni<List<Long>> counts(Function<List<StreamKey>, Uni<List<Long>>> counter, List<StreamKey> keys) {
        return Timeouts.failAfter(VIEWER_COUNT_TIMEOUT, counter.apply(keys))
                .onFailure()
                .recoverWithItem(e -> Collections.nCopies(keys.size(), 0L));
    }

    /** Disconnects without waiting. The reconciliation tries again if SRS cannot be reached now. */
    private void disconnectInBackground(Publisher publisher) {
        if (srs.isConfigured()) {
            srs.disconnect(publisher.clientId())
                    .subscribe()
                    .with(
                            done -> {},
                            e -> LOG.infof(
                                    "Encoder of ended show not disconnected: client=%s cause=%s",
                                    publisher.clientId(), e.getMessage()));
        }
    }

    private PastShow toPastShow(StreamStore.Show show) {
        Stream stream = show.stream();
        Instant until = show.endedAt() == null ? clock.instant() : show.endedAt();
        return new PastShow(
                stream.id(),
                stream.key(),
                stream.title(),
                stream.host(),
                show.startedAt(),
                show.endedAt(),
                Duration.between(show.startedAt(), until).toSeconds());
    }

    private Session toSession(Stream stream, User reader) {
        return new Session(
                stream.id(),
                stream.ownerId(),
                stream.key(),
                stream.title(),
                stream.description(),
                stream.state().status(),
                config.rtmpUrl(),
                hlsUrl(stream.key()),
                stream.startedAt(),
                stream.endedAt(),
                stream.scheduledAt(),
                stream.thumbnailUrl(),
                stream.expiresAt(),
                stream.createdAt(),
                stream.isOwnedBy(reader) ? tokens.publishKey(stream) : null);
    }

    private String hlsUrl(StreamKey key) {
        return config.publicUrl() + "/hls/" + key + ".m3u8";
    }

    /** A key of 128 random bits, so that it cannot be guessed. */
    private StreamKey generateStreamKey(boolean isPrivate) {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        String name = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        return new StreamKey(isPrivate ? StreamKey.PRIVATE_PREFIX + name : name);
    }
}
