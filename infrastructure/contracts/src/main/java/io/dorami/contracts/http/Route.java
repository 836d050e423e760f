package io.dorami.contracts.http;

import io.dorami.contracts.keys.ServiceName;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The front door's table: which service answers a path, first match wins. What no row names is no API.
 *
 * @param path matches the whole path, without the query
 * @param service answers it, or nobody: 404
 */
public record Route(Pattern path, Optional<ServiceName> service) {

    /** In order; the exception stands before the rule. */
    public static final List<Route> TABLE = List.of(
            // SRS calls these inside the cluster; from outside, anyone could start or end a stream.
            closed("/api/streaming/srs-(auth|done|heartbeat)/?"),
            closed("/api/srs(/.*)?"),
            to(ServiceName.PRODUCT, "/api/streaming/(key/)?[^/]+/featured-product(/clear)?"),
            to(ServiceName.STREAM, "/api/(streaming|notices)(/.*)?"),
            to(ServiceName.PRODUCT, "/api/(products|reservations|orders|payments)(/.*)?"),
            to(ServiceName.CHAT, "/api/chat(/.*)?"),
            to(ServiceName.VIEWER, "/api/viewers(/.*)?"));

    /**
     * The service that answers this path, which must be normalised; empty where none does, or none may. A path with a
     * semicolon is none: what stands behind it (a matrix parameter) would hide a closed address from this table and not
     * from the service.
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

    private static Route to(ServiceName service, String path) {
        return new Route(Pattern.compile(path), Optional.of(service));
    }

    private static Route closed(String path) {
        return new Route(Pattern.compile(path), Optional.empty());
    }
}
