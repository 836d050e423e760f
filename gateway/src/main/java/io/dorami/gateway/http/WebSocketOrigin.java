package io.dorami.gateway.http;

import io.dorami.contracts.errors.ErrorCode;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.URI;
import java.net.URISyntaxException;

/**
 * Reads an origin of a WebSocket scheme as one of HTTP. Native iOS clients send {@code Origin: ws://<host>}, which the check
 * of origins would reject even for our own host. The check itself stays the same: a foreign host is still rejected. So is
 * a text that is no URI, on which the check would fail with status 500 and a stack trace in the log.
 */
@ApplicationScoped
class WebSocketOrigin {

    /** Before the check of origins, which has 300. */
    private static final int PRIORITY = 310;

    void register(@Observes Filters filters) {
        filters.register(WebSocketOrigin::normalize, PRIORITY);
    }

    private static void normalize(RoutingContext context) {
        String origin = context.request().getHeader(HttpHeaders.ORIGIN);
        if (origin != null && !isUri(origin)) {
            context.response().setStatusCode(ErrorCode.FORBIDDEN.status()).end();
            return;
        }
        if (origin != null && (origin.startsWith("ws://") || origin.startsWith("wss://"))) {
            context.request().headers().set(HttpHeaders.ORIGIN, "http" + origin.substring("ws".length()));
        }
        context.next();
    }

    private static boolean isUri(String text) {
        try {
            new URI(text);
            return true;
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
