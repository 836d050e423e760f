package io.dorami.stream.api;

import io.dorami.contracts.User;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.rest.MoneyScale;
import io.dorami.service.rest.SuccessResponse;
import io.dorami.service.security.CurrentUser;
import io.dorami.stream.StreamConfig;
import io.dorami.stream.access.PublishKeyGenerations;
import io.dorami.stream.access.StreamTokens;
import io.dorami.stream.srs.SrsApi;
import io.dorami.stream.state.Stream;
import io.dorami.stream.state.StreamDeletions;
import io.dorami.stream.state.StreamDetails;
import io.dorami.stream.state.StreamProgress;
import io.dorami.stream.state.StreamStore;
import io.quarkus.security.Authenticated;
import io.smallrye.mutiny.Uni;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;

/** Streams as their owners and admins manage them. */
@Path("/api/streaming")
@Tag(name = "Streams")
@Authenticated
public class StreamResource {

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final SecureRandom random = new SecureRandom();
    private final StreamStore store;
    private final StreamDeletions deletions;
    private final StreamTokens tokens;
    private final PublishKeyGenerations generations;
    private final SrsApi srs;
    private final StreamAddresses addresses;
    private final MoneyScale money;
    private final StreamConfig config;
    private final CurrentUser currentUser;

    StreamResource(
            StreamStore store,
            StreamDeletions deletions,
            StreamTokens tokens,
            PublishKeyGenerations generations,
            SrsApi srs,
            StreamAddresses addresses,
            MoneyScale money,
            StreamConfig config,
            CurrentUser currentUser) {
        this.store = store;
        this.deletions = deletions;
        this.tokens = tokens;
        this.generations = generations;
        this.srs = srs;
        this.addresses = addresses;
        this.money = money;
        this.config = config;
        this.currentUser = currentUser;
    }

    /** An invitation to a private stream. Both addresses carry the token and play the stream until it expires. */
    public record Invitation(String token, String flvUrl, String hlsUrl, Instant expiresAt) {}

    @POST
    @Path("/generate-key")
    @ResponseStatus(201)
    @Operation(summary = "Create stream with a publish key for the encoder")
    public Uni<SuccessResponse<StreamSession>> generateKey(@NotNull @Valid NewStream request) {
        User owner = currentUser.get();
        Instant now = clock.instant();
        StreamDetails details = request.toDetails(now, money::scale);
        Stream stream = new Stream(
                UUID.randomUUID(),
                generateStreamKey(request.isPrivate()),
                owner.id(),
                owner.name(),
                details,
                store.keyExpiry(details.scheduledAt(), now),
                now,
                null,
                null,
                0,
                StreamProgress.initial(now));
        return store.register(stream).replaceWith(() -> SuccessResponse.of(addresses.session(stream, owner)));
    }

    @GET
    @Path("/{id}/session")
    @Operation(summary = "Get stream with its addresses; only its owner gets the publish key")
    public Uni<SuccessResponse<StreamSession>> session(UUID id) {
        User user = currentUser.get();
        return store.get(id, user).map(stream -> SuccessResponse.of(addresses.session(stream, user)));
    }

    @PATCH
    @Path("/{id}")
    @Operation(
            summary = "Change stream; absent fields keep their values",
            description = "Null clears the description, the thumbnail or the schedule. A later schedule extends the"
                    + " validity of the publish key: the response has the new one.")
    public Uni<SuccessResponse<StreamSession>> change(UUID id, @NotNull @Valid StreamChange request) {
        User user = currentUser.get();
        return store.edit(id, user, (details, now) -> request.applyTo(details, now, money::scale))
                .map(changed -> SuccessResponse.of(addresses.session(changed.after(), user)));
    }

    @DELETE
    @Path("/{id}")
    @Operation(summary = "Delete stream with its shows; its key cannot be published any more")
    public Uni<SuccessResponse<UUID>> delete(UUID id) {
        return deletions
                .delete(id, currentUser.get())
                .call(generations::publish)
                .map(stream -> SuccessResponse.of(stream.id()));
    }

    @POST
    @Path("/{id}/rotate-key")
    @Operation(summary = "Rotate publish key; older keys are revoked, a current publisher stays connected")
    public Uni<SuccessResponse<StreamSession>> rotateKey(UUID id) {
        User user = currentUser.get();
        return store.rotateKey(id, user, clock.instant().plus(config.publishKeyLifetime()))
                .call(changed -> generations.publish(changed.after()))
                .map(changed -> SuccessResponse.of(addresses.session(changed.after(), user)));
    }

    @PATCH
    @Path("/{id}/go-live")
    @Operation(summary = "Start show; it ends again if no encoder connects within the grace period")
    public Uni<SuccessResponse<StreamSession>> goLive(UUID id) {
        User user = currentUser.get();
        return store.announce(id, user).map(changed -> SuccessResponse.of(addresses.session(changed.after(), user)));
    }

    @PATCH
    @Path("/{id}/stop")
    @Operation(summary = "End show immediately; if an admin ends another user's show, its publish key is revoked")
    public Uni<SuccessResponse<StreamSession>> stop(UUID id) {
        User user = currentUser.get();
        return store.end(id, user)
                .call(changed ->
                        changed.after().keyGeneration() == changed.before().keyGeneration()
                                ? Uni.createFrom().voidItem()
                                : generations.publish(changed.after()))
                .invoke(changed -> changed.before().publisher().ifPresent(srs::disconnectInBackground))
                .map(changed -> SuccessResponse.of(addresses.session(changed.after(), user)));
    }

    @POST
    @Path("/{id}/invitations")
    @ResponseStatus(201)
    @Operation(summary = "Create invitation to a private stream")
    public Uni<SuccessResponse<Invitation>> invite(UUID id) {
        return store.get(id, currentUser.get()).map(stream -> {
            if (!stream.key().isPrivate()) {
                throw new DoramiException(ErrorCode.CONFLICT, "The stream is public; it needs no invitation");
            }
            Instant expires = clock.instant().plus(config.invitationLifetime());
            String token = tokens.playToken(stream.key(), expires);
            String query = "?token=" + token;
            return SuccessResponse.of(new Invitation(
                    token, addresses.flv(stream.key()) + query, addresses.hls(stream.key()) + query, expires));
        });
    }

    /** A key of 128 random bits, so that it cannot be guessed. */
    private StreamKey generateStreamKey(boolean isPrivate) {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        String name = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        return new StreamKey(isPrivate ? StreamKey.PRIVATE_PREFIX + name : name);
    }
}
