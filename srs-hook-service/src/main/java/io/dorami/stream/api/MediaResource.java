package io.dorami.stream.api;

import io.dorami.contracts.User;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.service.rest.SuccessResponse;
import io.dorami.service.security.CurrentUser;
import io.dorami.stream.srs.SrsApi;
import io.dorami.stream.srs.SrsApi.Client;
import io.dorami.stream.state.Publisher;
import io.dorami.stream.state.Stream;
import io.dorami.stream.state.StreamStore;
import io.quarkus.security.Authenticated;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The connections of a stream to SRS, for its owner and admins: the encoder and the players. */
@Path("/api/streaming/{id}")
@Tag(name = "Streams")
@Authenticated
public class MediaResource {

    private final StreamStore store;
    private final SrsApi srs;
    private final AudienceCounts audience;
    private final StreamAddresses addresses;
    private final CurrentUser currentUser;

    MediaResource(
            StreamStore store,
            SrsApi srs,
            AudienceCounts audience,
            StreamAddresses addresses,
            CurrentUser currentUser) {
        this.store = store;
        this.srs = srs;
        this.audience = audience;
        this.addresses = addresses;
        this.currentUser = currentUser;
    }

    /**
     * The players of a stream's media.
     *
     * @param mediaViewers connections as counted by hooks, without HLS players
     * @param clients as SRS lists them; empty if its API does not respond
     */
    public record Media(long mediaViewers, List<Client> clients) {}

    @DELETE
    @Path("/publisher")
    @Operation(summary = "Disconnect encoder; it may reconnect within the grace period, if its key is not revoked")
    public Uni<SuccessResponse<StreamSession>> disconnectPublisher(UUID id) {
        User user = currentUser.get();
        return store.get(id, user)
                .chain(stream -> srs.disconnect(stream.publisher()
                                .map(Publisher::clientId)
                                .orElseThrow(
                                        () -> new DoramiException(ErrorCode.CONFLICT, "The stream has no publisher")))
                        .replaceWith(() -> SuccessResponse.of(addresses.session(stream, user))));
    }

    @GET
    @Path("/media")
    @Operation(summary = "List players of the media over HTTP-FLV, WebRTC or RTMP")
    public Uni<SuccessResponse<Media>> media(UUID id) {
        return store.get(id, currentUser.get()).chain(this::media).map(SuccessResponse::of);
    }

    @DELETE
    @Path("/media/{client}")
    @Operation(summary = "Disconnect a player of the media")
    public Uni<SuccessResponse<Media>> disconnectPlayer(UUID id, String client) {
        return store.get(id, currentUser.get())
                .chain(stream -> players(stream).chain(clients -> {
                    if (clients.stream().noneMatch(player -> player.id().equals(client))) {
                        throw new DoramiException(ErrorCode.NOT_FOUND, "Client does not play this stream");
                    }
                    return srs.disconnect(client).chain(() -> media(stream));
                }))
                .map(SuccessResponse::of);
    }

    private Uni<Media> media(Stream stream) {
        return audience.mediaViewers(stream.key())
                .chain(count -> players(stream)
                        .onFailure()
                        .recoverWithItem(List.of())
                        .map(clients -> new Media(count, clients)));
    }

    private Uni<List<Client>> players(Stream stream) {
        return srs.list().map(listing -> listing.players().getOrDefault(stream.key(), List.of()));
    }
}
