package io.dorami.stream.access;

import io.dorami.contracts.keys.StreamKey;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.util.OptionalInt;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/**
 * Authorizes each offer to publish over WebRTC. Nginx sends a subrequest here before SRS gets the offer, because SRS
 * creates the session before it calls on_publish, and after a rejection keeps it for 10 to 15 s: any client could keep
 * the owner from publishing. SRS then calls on_publish as for RTMP.
 */
@Path("/api/srs/publish-gate")
@Tag(name = "SRS")
public class PublishGateResource {

    private final StreamTokens tokens;
    private final PublishKeyGenerations generations;

    PublishGateResource(StreamTokens tokens, PublishKeyGenerations generations) {
        this.tokens = tokens;
        this.generations = generations;
    }

    @GET
    @Operation(summary = "Authorize publishing a stream by token: 204 or 403")
    public Uni<Response> authorize(@QueryParam("key") StreamKey key, @QueryParam("token") @Nullable String token) {
        OptionalInt generation = token == null ? OptionalInt.empty() : tokens.verifyPublishToken(token, key);
        if (generation.isEmpty()) {
            return Uni.createFrom()
                    .item(Response.status(Response.Status.FORBIDDEN).build());
        }
        return generations
                .isRevoked(key, generation.getAsInt())
                .map(isRevoked -> Response.status(isRevoked ? Response.Status.FORBIDDEN : Response.Status.NO_CONTENT)
                        .build());
    }
}
