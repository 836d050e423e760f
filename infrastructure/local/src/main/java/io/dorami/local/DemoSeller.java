package io.dorami.local;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import io.dorami.contracts.User;
import io.dorami.contracts.events.Product;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.signing.AccessToken;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;

/** A seller: makes a key, goes live as SRS would say it, and sells over REST. */
public final class DemoSeller {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final HttpClient http = HttpClient.newHttpClient();
    private final String client = "demo-" + UUID.randomUUID();
    private final URI gateway;
    private final URI hooks;
    private final String token;
    private String publishKey = "";
    private String stream = "";

    /** A seller of that name on the system at these ports. */
    public DemoSeller(URI gateway, Ports ports, Secrets secrets, User user) {
        this.gateway = gateway;
        this.hooks = URI.create("http://127.0.0.1:" + ports.http(Service.STREAM) + "/api/srs/hooks?secret="
                + URLEncoder.encode(secrets.srs(), StandardCharsets.UTF_8));
        this.token = AccessToken.of(user, Duration.ofDays(2)).sign(secrets.jwt());
    }

    /** Makes a stream and publishes it, as SRS would say it. */
    public StreamKey goLive(String title) {
        JsonNode session = call("POST", "/api/streaming/generate-key", Map.of("title", title));
        publishKey = session.path("publishKey").asText();
        stream = session.path("id").asText();
        hook("on_publish");
        return new StreamKey(session.path("streamKey").asText());
    }

    /** Puts a product into the show. */
    public Product add(String name, long price, int stock) {
        String key = publishKey.substring(0, publishKey.indexOf('?'));
        Map<String, Object> wish = Map.of("streamKey", key, "name", name, "price", price, "stock", stock);
        return product(call("POST", "/api/products", wish));
    }

    /** The encoder stops, and the seller ends the show without waiting for its grace. */
    public void end() {
        hook("on_unpublish");
        call("PATCH", "/api/streaming/" + stream + "/stop", Map.of());
    }

    private void hook(String action) {
        int question = publishKey.indexOf('?');
        Map<String, String> said = Map.of(
                "action",
                action,
                "client_id",
                client,
                "service_id",
                "demo",
                "app",
                "live",
                "stream",
                publishKey.substring(0, question),
                "param",
                publishKey.substring(question));
        HttpRequest request = HttpRequest.newBuilder(hooks)
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(Json.write(said)))
                .build();
        String answer = send(request).body();
        if (!answer.equals("{\"code\":0}")) {
            throw new CliError(action + " was refused: " + answer);
        }
    }

    private JsonNode call(String method, String path, Map<String, ?> body) {
        HttpRequest request = HttpRequest.newBuilder(gateway.resolve(path))
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + token)
                .method(
                        method,
                        method.equals("GET") ? BodyPublishers.noBody() : BodyPublishers.ofString(Json.write(body)))
                .build();
        HttpResponse<String> response = send(request);
        if (response.statusCode() >= 300) {
            throw new CliError(method + " " + path + " failed: " + response.body());
        }
        return Json.read(response.body(), JsonNode.class).path("data");
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new CliError(request.uri().getPath() + " does not answer: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Product product(JsonNode data) {
        return Json.MAPPER.convertValue(data, Product.class);
    }
}
