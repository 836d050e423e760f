package io.dorami.gateway.http;

import io.quarkus.runtime.LaunchMode;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.regex.Pattern;

/**
 * Sets the headers of pages and static files: how long browsers keep them, and what pages may do. In development mode only
 * the cache headers, because Vite's live reload runs inline scripts and connects to a port of its own.
 */
@ApplicationScoped
class PageHeaders {

    /** After the check of origins, which has 300, so that a request that fails it has no such headers. */
    private static final int PRIORITY = 200;

    /** Addresses of programs, not of pages. */
    private static final Pattern API = Pattern.compile("/(api|socket\\.io|ws|hls|live/live|rtc|q)(/.*)?");

    /** Files whose names contain a hash of their content. */
    private static final String HASHED_FILES = "/assets/";

    private static final Pattern AUTHORITY = Pattern.compile("[A-Za-z0-9.-]+|\\[[0-9A-Fa-f:.]+]");

    /**
     * The players' workers are made from blobs, and thumbnails have addresses of any host. Styles that scripts set on
     * elements need no permission. Some browsers do not count WebSockets of the own host as {@code 'self'}.
     */
    private static final String CONTENT_SECURITY_POLICY = String.join(
            "; ",
            "default-src 'self'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' https: http: data: blob:",
            "media-src 'self' blob:",
            "worker-src 'self' blob:",
            "connect-src 'self'%s",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "object-src 'none'");

    void register(@Observes Filters filters) {
        boolean isDevelopment = LaunchMode.current().isDev();
        filters.register(
                context -> {
                    context.addHeadersEndHandler(end -> setHeaders(context, isDevelopment));
                    context.next();
                },
                PRIORITY);
    }

    private static void setHeaders(RoutingContext context, boolean isDevelopment) {
        HttpServerResponse response = context.response();
        response.putHeader("X-Content-Type-Options", "nosniff");
        String path = context.normalizedPath();
        if (API.matcher(path).matches()) {
            return;
        }
        boolean isFound = response.getStatusCode() == 200 || response.getStatusCode() == 304;
        response.putHeader(
                HttpHeaders.CACHE_CONTROL,
                isFound && path.startsWith(HASHED_FILES) ? "public, max-age=31536000, immutable" : "no-cache");
        if (isDevelopment) {
            return;
        }
        HttpServerRequest request = context.request();
        response.putHeader("Content-Security-Policy", CONTENT_SECURITY_POLICY.formatted(webSockets(request)));
        response.putHeader("Referrer-Policy", "strict-origin-when-cross-origin");
        response.putHeader("Permissions-Policy", "camera=(self), microphone=(self), geolocation=()");
        response.putHeader("Cross-Origin-Opener-Policy", "same-origin");
        if ("https".equals(request.scheme())) {
            response.putHeader("Strict-Transport-Security", "max-age=31536000");
        }
    }

    /** The WebSockets of the host that the browser asked. A client that sends another text gets none. */
    private static String webSockets(HttpServerRequest request) {
        HostAndPort authority = request.authority();
        if (authority == null || !AUTHORITY.matcher(authority.host()).matches()) {
            return "";
        }
        String host = authority.port() > 0 ? authority.host() + ':' + authority.port() : authority.host();
        return " ws://" + host + " wss://" + host;
    }
}
