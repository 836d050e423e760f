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
 * Authorizes each request for a playlist or segment of a private stream. Nginx sends a subrequest here, as SRS calls
 * its hook for each FLV player. The token is in the playlist's address; the response puts it into a cookie, which the
 * player sends with the segments.
 */
@Path("/api/srs/play-gate")
@Tag(name = "SRS")
public class PlayGateResource {

    private final StreamTokens tokens;

    PlayGateResource(StreamTokens tokens) {
        this.tokens = tokens;
    }

    @GET
    @Operation(summary = "Authorize playing a stream by token or cookie: 204 or 403")
    public Response authorize(
            @QueryParam("key") StreamKey key,
            @QueryParam("token") @Nullable String token,
            @Context HttpHeaders headers) {
        if (token != null && tokens.isValidPlayToken(token, key)) {
            return Response.noContent().cookie(playCookie(key, token)).build();
        }
        return Optional.ofNullable(headers.getCookies().get(cookieName(key)))
                .map(Cookie::getValue)
                .filter(cookieToken -> tokens.isValidPlayToken(cookieToken, key))
                .map(cookieToken -> Response.noContent())
                .orElseGet(() -> Response.status(Response.Status.FORBIDDEN))
                .build();
    }

    /** A session cookie; the token in it expires by itself. */
    private static NewCookie playCookie(StreamKey key, String token) {
        return new NewCookie.Builder(cookieName(key))
                .value(token)
                .path("/hls/")
                .httpOnly(true)
                .sameSite(NewCookie.SameSite.LAX)
                .build();
    }

    /** A name for each stream, so that two streams can be played at once. */
    private static String cookieName(StreamKey key) {
        return "play-" + key;
    }
}
