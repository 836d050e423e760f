package io.dorami.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import io.dorami.contracts.User;
import io.dorami.contracts.events.Product;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.local.CliError;
import io.dorami.local.system.Ports;
import io.dorami.local.system.Secrets;
import io.dorami.local.system.Service;
import io.dorami.signing.AccessToken;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Currency;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A seller who creates a stream, publishes it by SRS or by a simulated hook of SRS, and sells over REST. */
public final class DemoSeller {

    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);

    private static final Pattern CURRENCY = Pattern.compile("currency = '([A-Z]{3})'");

    private final HttpClient http = HttpClient.newHttpClient();
    private final String clientId = "demo-" + UUID.randomUUID();
    private final URI gateway;
    private final URI hookAddress;
    private final String token;
    private String publishKey = "";
    private String rtmpUrl = "";
    private String streamId = "";
    private boolean isSimulated;

    /** Creates a seller on the system at these ports. */
    public DemoSeller(URI gateway, Ports ports, Secrets secrets, User user) {
        this.gateway = gateway;
        this.hookAddress = URI.create("http://127.0.0.1:" + ports.http(Service.STREAM) + "/api/srs/hooks?secret="
                + URLEncoder.encode(secrets.srs(), StandardCharsets.UTF_8));
        this.token = AccessToken.of(user, Duration.ofDays(2)).sign(secrets.jwt());
    }

    /** Creates a stream, and goes live without an encoder. */
    public StreamKey goLive(String title) {
        StreamKey key = createStream(title);
        simulatePublish();
        return key;
    }

    /** Creates a stream. */
    public StreamKey createStream(String title) {
        JsonNode session = call("POST", "/api/streaming/generate-key", Map.of("title", title));
        publishKey = session.path("publishKey").asText();
        rtmpUrl = session.path("rtmpUrl").asText().split("\\?")[0]; // the key has the token too
        streamId = session.path("id").asText();
        return new StreamKey(session.path("streamKey").asText());
    }

    /** The address to which an encoder publishes the stream, with the token. */
    public String publishAddress() {
        return rtmpUrl + "/" + publishKey;
    }

    /** Goes live by the hook that SRS sends when an encoder publishes the stream. */
    public void simulatePublish() {
        sendHook("on_publish");
        isSimulated = true;
    }

    /** Returns true if viewers see the show as live. */
    public boolean isLive() {
        return call("GET", "/api/streaming/key/" + streamKey() + "/status", Map.of())
                .path("status")
                .asText()
                .equals("LIVE");
    }

    /**
     * Adds a product to the show.
     *
     * @param price is rounded to the decimals of the configured currency
     */
    public Product addProduct(String name, String price, int stock) {
        BigDecimal amount = new BigDecimal(price).setScale(currencyDecimals(), RoundingMode.UP);
        Map<String, Object> request = Map.of("streamKey", streamKey(), "name", name, "price", amount, "stock", stock);
        return toProduct(call("POST", "/api/products", request));
    }

    /** Ends the show, whose encoder has stopped; the seller does not wait for the grace period. */
    public void endShow() {
        if (isSimulated) {
            sendHook("on_unpublish");
        }
        call("PATCH", "/api/streaming/" + streamId + "/stop", Map.of());
    }

    /** Reads the currency where the pages do, because the API does not name it. */
    private int currencyDecimals() {
        HttpRequest request = HttpRequest.newBuilder(gateway.resolve("/settings.js"))
                .timeout(REQUEST_TIMEOUT)
                .build();
        String settings = send(request).body();
        Matcher currency = CURRENCY.matcher(settings);
        if (!currency.find()) {
            throw new CliError("/settings.js has no currency: " + settings);
        }
        return Math.max(Currency.getInstance(currency.group(1)).getDefaultFractionDigits(), 0);
    }

    private String streamKey() {
        return publishKey.substring(0, publishKey.indexOf('?'));
    }

    private void sendHook(String action) {
        Map<String, String> hook = Map.of(
                "action",
                action,
                "client_id",
                clientId,
                "service_id",
                "demo",
                "app",
                "live",
                "stream",
                streamKey(),
                "param",
                publishKey.substring(publishKey.indexOf('?')));
        HttpRequest request = HttpRequest.newBuilder(hookAddress)
                .timeout(REQUEST_TIMEOUT)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(Json.write(hook)))
                .build();
        String response = send(request).body();
        if (!response.equals("{\"code\":0}")) {
            throw new CliError(action + " was rejected: " + response);
        }
    }

    private JsonNode call(String method, String path, Map<String, ?> body) {
        HttpRequest request = HttpRequest.newBuilder(gateway.resolve(path))
                .timeout(REQUEST_TIMEOUT)
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
            throw new CliError(request.uri().getPath() + " cannot be reached: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Product toProduct(JsonNode data) {
        return Json.MAPPER.convertValue(data, Product.class);
    }
}
