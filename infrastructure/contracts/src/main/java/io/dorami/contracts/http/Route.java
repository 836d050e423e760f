package io.dorami.contracts.http;

import io.dorami.contracts.keys.ServiceName;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A row of the API proxy's routing table. The first matching row decides; a path without a row is not part of the API.
 *
 * @param path pattern of the whole path, without the query
 * @param service the service that handles the path; empty if the path is blocked (404)
 */
public record Route(Pattern path, Optional<ServiceName> service) {

    /** The rows in order of precedence: an exception precedes its rule. */
    private static final List<Route> TABLE = List.of(
            // SRS calls these hooks inside the cluster; exposed, they would let any caller start or end a stream.
            blocked("/api/streaming/srs-(auth|done|heartbeat)/?"),
            blocked("/api/srs(/.*)?"),
            to(ServiceName.PRODUCT, "/api/streaming/(key/)?[^/]+/featured-product(/clear)?"),
            to(ServiceName.PRODUCT, "/api/streaming/key/[^/]+/(orders|sales)"),
            to(ServiceName.STREAM, "/api/(streaming|notices)(/.*)?"),
            to(ServiceName.PRODUCT, "/api/(products|cart|reservations|orders|admin/orders|payments)(/.*)?"),
            to(ServiceName.CHAT, "/api/chat(/.*)?"),
            to(ServiceName.VIEWER, "/api/viewers(/.*)?"));

    /**
     * Returns the service that handles this normalised path, or empty if no service does or the path is blocked. A path
     * with a semicolon has no route: its matrix parameter would hide a blocked address from this table but not from the
     * service.
     */
    public static Optional<ServiceName> serviceFor(String path) {
        if (path.indexOf(';') >= 0 || path.contains("%3B") || path.contains("%3b")) {
            return Optional.empty();
        }
        return TABLE.stream()
                .filter(route -> route.path.matcher(path).matches())
                .findFirst()
                .flatMap(Route::service);
    }

    /** The rows, for a reverse proxy that must know which paths are ours. */
    public static List<Route> table() {
        return TABLE;
    }

    private static Route to(ServiceName service, String path) {
        return new Route(Pattern.compile(path), Optional.of(service));
    }

    private static Route blocked(String path) {
        return new Route(Pattern.compile(path), Optional.empty());
    }
}
