package io.dorami.service.security;

import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.http.ApiCookies;
import io.dorami.contracts.http.ApiHeaders;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Cookie;
import jakarta.ws.rs.core.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Set;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jspecify.annotations.Nullable;

/**
 * The double-submit check of the front end's contract: a modifying call that is authenticated by cookie must repeat the
 * cookie {@code csrf-token} in the header {@code X-CSRF-Token}. A bearer token is exempt, because no other site can
 * make a browser send one. The development sign-in (/dev/) is exempt, because it requires no cookie.
 */
class CsrfFilter {

    private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS");

    @ServerRequestFilter
    void check(ContainerRequestContext request) {
        if (SAFE_METHODS.contains(request.getMethod())
                || !request.getCookies().containsKey(ApiCookies.ACCESS_TOKEN)
                || String.valueOf(request.getHeaderString(HttpHeaders.AUTHORIZATION))
                        .startsWith("Bearer ")
                || request.getUriInfo().getPath().startsWith("/dev/")) {
            return;
        }
        @Nullable Cookie cookie = request.getCookies().get(ApiCookies.CSRF_TOKEN);
        @Nullable String header = request.getHeaderString(ApiHeaders.CSRF_TOKEN);
        if (cookie == null || header == null || header.isEmpty()) {
            throw new DoramiException(
                    ErrorCode.CSRF_TOKEN_MISSING, "Repeat the cookie csrf-token in the header X-CSRF-Token");
        }
        if (!MessageDigest.isEqual(bytes(cookie.getValue()), bytes(header))) {
            throw new DoramiException(
                    ErrorCode.CSRF_TOKEN_INVALID, "X-CSRF-Token: expected the value of the cookie csrf-token");
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
