package io.dorami.gateway.http;

import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.keys.StreamKey;
import io.quarkus.runtime.LaunchMode;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * Serves the pages, which the build puts among the static files, under their addresses. In development mode, Vite's server
 * has the pages.
 */
@ApplicationScoped
public class PageRoutes {

    private static final String FOLDER = "META-INF/resources";

    private static final String NO_PAGES =
            "This gateway was built without its pages. Install Node.js 18 or newer and build again: ./dorami up\n";

    void registerRoutes(@Observes Router router) {
        serve(router, "/", "/index.html");
        serve(router, "/live/:key", "/live.html");
        serve(router, "/studio", "/studio.html");
        serve(router, "/studio/:key", "/studio.html");
        serve(router, "/sign-in", "/sign-in.html");
        serve(router, "/sign-in.html", "/sign-in.html");
    }

    static void serve(Router router, String path, String page) {
        Optional<TaggedContent> content = LaunchMode.current().isDev() ? Optional.empty() : load(page);
        router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD).handler(context -> {
            if (!isAddress(context)) {
                context.next();
            } else if (content.isPresent()) {
                content.get().send(context);
            } else if (!LaunchMode.current().isDev()) {
                replyWithoutPages(context);
            } else if (context.normalizedPath().equals(page) || page.equals("/index.html")) {
                context.next();
            } else {
                context.reroute(page);
            }
        });
    }

    /** Returns false if the address has a key that no stream can have. */
    private static boolean isAddress(RoutingContext context) {
        String key = context.pathParam("key");
        try {
            return key == null || new StreamKey(key).value().equals(key);
        } catch (DoramiException e) {
            return false;
        }
    }

    private static void replyWithoutPages(RoutingContext context) {
        context.response()
                .setStatusCode(404)
                .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8")
                .end(NO_PAGES);
    }

    private static Optional<TaggedContent> load(String page) {
        ClassLoader classes = Thread.currentThread().getContextClassLoader();
        try (InputStream file = classes.getResourceAsStream(FOLDER + page)) {
            return file == null
                    ? Optional.empty()
                    : Optional.of(new TaggedContent(file.readAllBytes(), "text/html; charset=utf-8"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
