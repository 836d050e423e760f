package io.dorami.service.runtime;

import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import io.quarkus.micrometer.runtime.HttpServerMetricsTagsContributor;
import io.quarkus.vertx.http.HttpServer;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * HTTP requests of a service to itself, for {@link WarmUpStep}s: they exercise the server, authentication, and JSON. They
 * count in no metric.
 */
@Singleton
public class LoopbackRequests implements HttpServerMetricsTagsContributor {

    private static final String HEADER = "X-Loopback";
    private static final String TAG = "loopback";

    /** The limit of the warm-up, because the first request to a cold JVM may take seconds. */
    private static final int TIMEOUT_MILLIS = 10_000;

    /** Unknown to clients, so that they cannot keep their requests out of the metrics. */
    private final String secret = UUID.randomUUID().toString();

    private final HttpServer server;

    LoopbackRequests(HttpServer server) {
        this.server = server;
    }

    /** Requests a path. Any response is a success, because the code that responds has run. */
    public Uni<Void> get(String path, @Nullable String accessToken) {
        return Uni.createFrom().voidItem().invoke(() -> send("GET", path, accessToken, null));
    }

    /** Sends a body to a path, which should reject it. */
    public Uni<Void> post(String path, @Nullable String accessToken, String json) {
        return Uni.createFrom().voidItem().invoke(() -> send("POST", path, accessToken, json));
    }

    private void send(String method, String path, @Nullable String accessToken, @Nullable String json) {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) address().resolve(path).toURL().openConnection();
            connection.setRequestMethod(method);
            connection.setConnectTimeout(TIMEOUT_MILLIS);
            connection.setReadTimeout(TIMEOUT_MILLIS);
            connection.setRequestProperty(HEADER, secret);
            if (accessToken != null) {
                connection.setRequestProperty("Authorization", "Bearer " + accessToken);
            }
            if (json != null) {
                connection.setDoOutput(true);
                connection.setRequestProperty("Content-Type", "application/json");
                try (OutputStream body = connection.getOutputStream()) {
                    body.write(json.getBytes(StandardCharsets.UTF_8));
                }
            }
            int status = connection.getResponseCode();
            // A body that was read to its end leaves the connection for the next request.
            try (InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
                if (body != null) {
                    body.readAllBytes();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The address of this service's own server. */
    public URI address() {
        return server.getLocalBaseUri();
    }

    @Override
    public Tags contribute(Context context) {
        return secret.equals(context.request().getHeader(HEADER)) ? Tags.of(TAG, "true") : Tags.empty();
    }

    /** Keeps requests with the tag out of the metrics. */
    @Produces
    @Singleton
    static MeterFilter hideLoopback() {
        return MeterFilter.deny(meter -> meter.getTag(TAG) != null);
    }
}
