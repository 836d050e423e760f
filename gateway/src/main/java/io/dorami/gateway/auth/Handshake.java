package io.dorami.gateway.auth;

import io.dorami.contracts.http.ApiCookies;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;

/**
 * The parts of the opening request that a connection keeps, because the request itself is large.
 *
 * @param address the client's address if a trusted proxy forwards it, otherwise the peer's
 * @param token from the Authorization header, otherwise from the cookie, which a page sends by itself
 */
public record Handshake(String address, Optional<String> token) {

    private static final String BEARER = "Bearer ";

    public static Handshake of(HttpServerRequest request) {
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        return new Handshake(
                request.remoteAddress().host(),
                header != null && header.startsWith(BEARER)
                        ? Optional.of(header.substring(BEARER.length()))
                        : Optional.ofNullable(request.getCookie(ApiCookies.ACCESS_TOKEN))
                                .map(Cookie::getValue));
    }
}
