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

/** The contract's streaming calls. */
@Path("/api/streaming")
@Tag(name = "Streams")
public class StreamResource {

    /** Live shows on one page; at the target of 500 viewers each, far beyond one platform. */
    private static final int ON_AIR = 100;

    private static final Duration COUNT_PATIENCE = Duration.ofMillis(500);

    private static final Logger LOG = Logger.getLogger(StreamResource.class);

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final SecureRandom random = new SecureRandom();
    private final StreamStore store;
    private final StreamTokens tokens;
    private final PublishKeyGenerations generations;
    private final SrsApi srs;
    private final Presence presence;
    private final MediaViewers media;
    private final StreamConfig config;
    private final CurrentUser caller;

    StreamResource(
            StreamStore store,
            StreamTokens tokens,
            PublishKeyGenerations generations,
            SrsApi srs,
            Presence presence,
            MediaViewers media,
            StreamConfig config,
            CurrentUser caller) {
        this.store = store;
        this.tokens = tokens;
        this.generations = generations;
        this.srs = srs;
        this.presence = presence;
        this.media = media;
        this.config = config;
        this.caller = caller;
    }

    /** What a stream begins with; a private one is in no list, and playing it needs an invitation. */
    public record NewStream(
            @NotBlank @Size(max = 100) String title,
            @Nullable @Size(max = 1_000) String description,
            @Nullable Instant scheduledAt,
            @Nullable @Size(max = 500) String thumbnailUrl,
            boolean isPrivate) {}

    /** The stream as its owner and admins see it; {@code publishKey} is what to paste into the encoder, for the owner alone. */
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
     * Whether a stream is live, for a page that has only its key.
     *
     * @param host missing where the key is not known
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record KeyStatus(
            StreamStatus status,
            long viewerCount,
            @Nullable Instant startedAt,
            String title,
            StreamSummary.@Nullable Host host) {}

    /**
     * A show that is on, for admins.
     *
     * @param publishing whether the encoder is there; if not, the show ends unless it comes back in time
     * @param mediaViewers connections that play it over HTTP-FLV or RTMP; viewerCount are people in the room
     */
    public record LiveShow(StreamSummary stream, boolean publishing, long mediaViewers) {}

    /** A show that was, or is. */
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
     * Who plays the media of a stream.
     *
     * @param mediaViewers connections, as counted by hooks; without those who watch by HLS
     * @param clients as SRS lists them; none where its API does not answer
     */
    public record Media(long mediaViewers, List<Client> clients) {}

    /** What plays a private stream until it expires: both addresses carry the token. */
    public record Invitation(String token, String flvUrl, String hlsUrl, Instant expiresAt) {}

    @POST
    @Path("/generate-key")
    @Authenticated
    @ResponseStatus(201)
    @Operation(summary = "A new stream; its publish key goes into the encoder")
    public Uni<SuccessResponse<Session>> generateKey(@NotNull @Valid NewStream wish) {
        User owner = caller.get();
        Instant now = clock.instant();
        Instant begins = wish.scheduledAt() == null || wish.scheduledAt().isBefore(now) ? now : wish.scheduledAt();
        Stream stream = new Stream(
                UUID.randomUUID(),
                newKey(wish.isPrivate()),
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
                0,
                StreamProgress.begin(now));
        return store.register(stream).replaceWith(() -> SuccessResponse.of(session(stream, owner)));
    }

    @POST
    @Path("/{id}/rotate-key")
    @Authenticated
    @Operation(summary = "A new publish key; those before are void, and whoever publishes now goes on")
    public Uni<SuccessResponse<Session>> rotateKey(UUID id) {
        User user = caller.get();
        return store.rotateKey(id, user, clock.instant().plus(config.keyTime()))
                .call(changed -> generations.tell(changed.after()))
                .map(changed -> SuccessResponse.of(session(changed.after(), user)));
    }

    @PATCH
    @Path("/{id}/go-live")
    @Authenticated
    @Operation(summary = "Begins the show; the encoder has the grace to come, else it ends again")
    public Uni<SuccessResponse<Session>> goLive(UUID id) {
        User user = caller.get();
        return store.announce(id, user).map(changed -> SuccessResponse.of(session(changed.after(), user)));
    }

    @PATCH
    @Path("/{id}/stop")
    @Authenticated
    @Operation(summary = "Ends the show at once; an admin who ends another's makes its publish key void")
    public Uni<SuccessResponse<Session>> stop(UUID id) {
        User user = caller.get();
        return store.end(id, user)
                .call(changed ->
                        changed.after().keyGeneration() == changed.before().keyGeneration()
                                ? Uni.createFrom().voidItem()
                                : generations.tell(changed.after()))
                .invoke(changed -> changed.before().publisher().ifPresent(this::disconnectSoon))
                .map(changed -> SuccessResponse.of(session(changed.after(), user)));
    }

    @DELETE
    @Path("/{id}/publisher")
    @Authenticated
    @Operation(summary = "Disconnects the encoder; it may come back within the grace, if its key is not void")
    public Uni<SuccessResponse<Session>> disconnectPublisher(UUID id) {
        User user = caller.get();
        return changeable(id, user)
                .chain(stream -> srs.disconnect(stream.publisher()
                                .map(Publisher::client)
                                .orElseThrow(
                                        () -> new DoramiException(ErrorCode.CONFLICT, "Nobody publishes the stream")))
                        .replaceWith(() -> SuccessResponse.of(session(stream, user))));
    }

    @GET
    @Path("/{id}/media")
    @Authenticated
    @Operation(summary = "Who plays the media over HTTP-FLV or RTMP")
    public Uni<SuccessResponse<Media>> media(UUID id) {
        return changeable(id, caller.get()).chain(this::media).map(SuccessResponse::of);
    }

    @DELETE
    @Path("/{id}/media/{client}")
    @Authenticated
    @Operation(summary = "Disconnects somebody who plays the media")
    public Uni<SuccessResponse<Media>> disconnectViewer(UUID id, String client) {
        return changeable(id, caller.get())
                .chain(stream -> players(stream).chain(clients -> {
                    if (clients.stream().noneMatch(one -> one.id().equals(client))) {
                        throw new DoramiException(ErrorCode.NOT_FOUND, "That client does not play the stream");
                    }
                    return srs.disconnect(client).chain(() -> media(stream));
                }))
                .map(SuccessResponse::of);
    }

    @POST
    @Path("/{id}/invitations")
    @Authenticated
    @ResponseStatus(201)
    @Operation(summary = "What plays a private stream")
    public Uni<SuccessResponse<Invitation>> invite(UUID id) {
        return changeable(id, caller.get()).map(stream -> {
            if (!stream.key().isPrivate()) {
                throw new DoramiException(ErrorCode.CONFLICT, "Everybody may play the stream");
            }
            Instant expires = clock.instant().plus(config.invitationTime());
            String token = tokens.invitation(stream.key(), expires);
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
    @Operation(summary = "The shows that are on, the newest first")
    public Uni<SuccessResponse<List<StreamSummary>>> active() {
        return store.listed(ON_AIR).chain(this::cards).map(SuccessResponse::of);
    }

    @GET
    @Path("/upcoming")
    @Operation(summary = "The shows that are on, then those to come, the next one first")
    public Uni<SuccessResponse<List<StreamSummary>>> upcoming(
            @QueryParam("limit") @DefaultValue("3") @Min(1) @Max(50) int limit) {
        return store.upcoming(limit).chain(this::cards).map(SuccessResponse::of);
    }

    @GET
    @Path("/key/{key}/status")
    @Operation(summary = "Whether a stream is live; an unknown key is offline, for the page asks before it knows")
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
    @Operation(summary = "The shows that are on, private ones too, with who plays them")
    public Uni<SuccessResponse<List<LiveShow>>> liveStatus() {
        return store.onAir(ON_AIR)
                .chain(streams -> {
                    List<StreamKey> keys = streams.stream().map(Stream::key).toList();
                    return Uni.combine()
                            .all()
                            .unis(counts(presence::counts, keys), counts(media::counts, keys))
                            .with((people, connections) -> IntStream.range(0, streams.size())
                                    .mapToObj(i -> new LiveShow(
                                            streams.get(i).card(people.get(i)),
                                            streams.get(i).publisher().isPresent(),
                                            connections.get(i)))
                                    .toList());
                })
                .map(SuccessResponse::of);
    }

    @GET
    @Path("/history")
    @RolesAllowed("ADMIN")
    @Operation(summary = "All shows there were, the newest first")
    public Uni<SuccessResponse<List<PastShow>>> history(
            @QueryParam("take") @DefaultValue("50") @Min(1) @Max(100) int take,
            @QueryParam("skip") @DefaultValue("0") @Min(0) @Max(1_000_000) int skip) {
        return store.history(take, skip)
                .map(shows -> shows.stream().map(this::pastShow).toList())
                .map(SuccessResponse::of);
    }

    private Uni<Media> media(Stream stream) {
        return counts(media::counts, List.of(stream.key()))
                .chain(counts -> players(stream)
                        .onFailure()
                        .recoverWithItem(List.of())
                        .map(clients -> new Media(counts.getFirst(), clients)));
    }

    private Uni<List<Client>> players(Stream stream) {
        return srs.list().map(listing -> listing.players().getOrDefault(stream.key(), List.of()));
    }

    private Uni<Stream> changeable(UUID id, User user) {
        return store.get(id).invoke(stream -> {
            if (!stream.mayBeChangedBy(user)) {
                throw new DoramiException(ErrorCode.FORBIDDEN, "Only the stream's owner or an admin may do that");
            }
        });
    }

    private Uni<List<StreamSummary>> cards(List<Stream> streams) {
        return counts(presence::counts, streams.stream().map(Stream::key).toList())
                .map(counts -> IntStream.range(0, streams.size())
                        .mapToObj(i -> streams.get(i).card(counts.get(i)))
                        .toList());
    }

    /** Zeros while Redis does not answer: the number adorns what is known without it. */
    private static Uni<List<Long>> counts(Function<List<StreamKey>, Uni<List<Long>>> counter, List<StreamKey> keys) {
        return Timeouts.within(COUNT_PATIENCE, counter.apply(keys))
                .onFailure()
                .recoverWithItem(e -> Collections.nCopies(keys.size(), 0L));
    }

    /** The reconciliation does it again where SRS cannot be reached now. */
    private void disconnectSoon(Publisher publisher) {
        if (srs.configured()) {
            srs.disconnect(publisher.client())
                    .subscribe()
                    .with(
                            done -> {},
                            e -> LOG.infof("The encoder of an ended show is still there: %s", e.getMessage()));
        }
    }

    private PastShow pastShow(StreamStore.Show show) {
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

    private Session session(Stream stream, User reader) {
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
                stream.belongsTo(reader) ? tokens.publishKey(stream) : null);
    }

    private String hlsUrl(StreamKey key) {
        return config.publicUrl() + "/hls/" + key + ".m3u8";
    }

    /** 128 random bits: nobody comes upon a stream by guessing. */
    private StreamKey newKey(boolean closed) {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        String name = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        return new StreamKey(closed ? StreamKey.PRIVATE + name : name);
    }
}
