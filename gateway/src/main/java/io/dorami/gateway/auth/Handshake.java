package io.dorami.gateway.auth;

import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;

/**
 * What is kept of the request that opens a connection; the request itself is large.
 *
 * @param address the client's, where a trusted proxy says it; else the other end's
 * @param token of the Authorization header, else of the cookie, which a page sends unasked
 */
public record Handshake(String address, Optional<String> token) {

    private static final String COOKIE = "accessToken";
    private static final String BEARER = "Bearer ";

    public static Handshake of(HttpServerRequest request) {
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        return new Handshake(
                request.remoteAddress().host(),
                header != null && header.startsWith(BEARER)
                        ? Optional.of(header.substring(BEARER.length()))
                        : Optional.ofNullable(request.getCookie(COOKIE)).map(Cookie::getValue));
    }
}
