package io.dorami.stream.access;

import io.dorami.contracts.keys.StreamKey;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Cookie;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.NewCookie;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/**
 * Nginx asks here for each playlist and segment of a private stream, as SRS asks its hook for each FLV player. The playlist
 * comes with the token in its address; the answer makes a cookie of it, which the player sends with the segments.
 */
@Path("/api/srs/play-gate")
@Tag(name = "SRS")
public class PlayGateResource {

    private final StreamTokens tokens;

    PlayGateResource(StreamTokens tokens) {
        this.tokens = tokens;
    }

    @GET
    @Operation(summary = "Whether who has that token, or that cookie, may play the stream: 204 or 403")
    public Response ask(
            @QueryParam("key") StreamKey key,
            @QueryParam("token") @Nullable String token,
            @Context HttpHeaders headers) {
        if (token != null && tokens.mayPlay(token, key)) {
            return Response.noContent().cookie(grant(key, token)).build();
        }
        return Optional.ofNullable(headers.getCookies().get(cookie(key)))
                .map(Cookie::getValue)
                .filter(granted -> tokens.mayPlay(granted, key))
                .map(granted -> Response.noContent())
                .orElseGet(() -> Response.status(Response.Status.FORBIDDEN))
                .build();
    }

    /** For the browser's session; the token in it has its own end. */
    private static NewCookie grant(StreamKey key, String token) {
        return new NewCookie.Builder(cookie(key))
                .value(token)
                .path("/hls/")
                .httpOnly(true)
                .sameSite(NewCookie.SameSite.LAX)
                .build();
    }

    /** One for each stream, so that two may be watched at once. */
    private static String cookie(StreamKey key) {
        return "play-" + key;
    }
}
