package io.dorami.gateway.auth;

import io.dorami.contracts.User;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.http.ApiCookies;
import io.dorami.gateway.GatewayConfig;
import io.dorami.service.runtime.DoramiConfig;
import io.dorami.signing.AccessToken;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.NewCookie;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.time.Duration;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;

/**
 * Signs a developer in as any user, by setting the two cookies that the web platform's own sign-in sets. Disabled
 * unless {@link GatewayConfig#development()}.
 */
@Path("/dev/sign-in")
public class DevelopmentSignIn {

    private static final Duration SESSION_DURATION = Duration.ofHours(12);

    private final GatewayConfig config;
    private final DoramiConfig sharedConfig;

    DevelopmentSignIn(GatewayConfig config, DoramiConfig sharedConfig) {
        this.config = config;
        this.sharedConfig = sharedConfig;
    }

    @POST
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    @Operation(hidden = true)
    public Response signIn(
            @FormParam("user") @Nullable String id,
            @FormParam("name") @Nullable String name,
            @FormParam("role") @Nullable String role,
            @FormParam("next") @Nullable String next) {
        if (!config.development()) {
            throw new DoramiException(ErrorCode.NOT_FOUND, "Path not found");
        }
        User user = new User(
                id == null ? "" : id.strip(),
                name == null ? "" : name.strip(),
                "ADMIN".equals(role) ? User.Role.ADMIN : User.Role.USER);
        String token = AccessToken.of(user, SESSION_DURATION).sign(sharedConfig.jwtSecret());
        return Response.seeOther(URI.create(localPath(next)))
                .cookie(
                        cookie(ApiCookies.ACCESS_TOKEN, token, true),
                        cookie(ApiCookies.CSRF_TOKEN, UUID.randomUUID().toString(), false))
                .build();
    }

    /** Allows only a path of this site, so that the form cannot redirect people to another site. */
    private static String localPath(@Nullable String next) {
        return next != null && next.matches("/[A-Za-z0-9_.-]*(/[A-Za-z0-9_.-]+)*") ? next : "/";
    }

    private static NewCookie cookie(String name, String value, boolean httpOnly) {
        return new NewCookie.Builder(name)
                .value(value)
                .path("/")
                .maxAge((int) SESSION_DURATION.toSeconds())
                .httpOnly(httpOnly)
                .sameSite(NewCookie.SameSite.LAX)
                .build();
    }
}
