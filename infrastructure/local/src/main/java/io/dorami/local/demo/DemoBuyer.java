package io.dorami.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import io.dorami.contracts.User;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.events.Product;
import io.dorami.contracts.http.ApiHeaders;
import io.dorami.local.CliError;
import io.dorami.local.system.Secrets;
import io.dorami.signing.AccessToken;
import io.dorami.signing.PaymentSignature;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/** A viewer who fills a cart, orders it, and pays through a payment provider that the demo simulates. */
public final class DemoBuyer {

    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI gateway;
    private final Secrets secrets;

    public DemoBuyer(URI gateway, Secrets secrets) {
        this.gateway = gateway;
        this.secrets = secrets;
    }

    /** Puts units into the buyer's cart. Returns false if fewer units are left. */
    public boolean addToCart(User buyer, Product product, int quantity) {
        HttpResponse<String> response =
                send(post("/api/cart", buyer, Map.of("productId", product.id(), "quantity", quantity)));
        if (ErrorCode.SOLD_OUT.name().equals(read(response).path("errorCode").asText())) {
            return false;
        }
        data(response);
        return true;
    }

    /** Orders everything in the buyer's cart and pays. */
    public void orderAndPay(User buyer) {
        JsonNode order = data(send(post("/api/orders/from-cart", buyer, Map.of())));
        byte[] callback = Json.write(Map.of(
                        "paymentId",
                        "demo-" + UUID.randomUUID(),
                        "orderId",
                        order.path("id"),
                        "amount",
                        order.path("total"),
                        "status",
                        "PAID"))
                .getBytes(StandardCharsets.UTF_8);
        String signature = new PaymentSignature(secrets.payment()).sign(callback, Instant.now());
        data(send(request("/api/payments/callback")
                .header(PaymentSignature.HEADER, signature)
                .POST(BodyPublishers.ofByteArray(callback))));
    }

    private HttpRequest.Builder post(String path, User buyer, Map<String, ?> body) {
        return request(path)
                .header("Authorization", "Bearer " + AccessToken.of(buyer).sign(secrets.jwt()))
                .header(ApiHeaders.IDEMPOTENCY_KEY, UUID.randomUUID().toString())
                .POST(BodyPublishers.ofString(Json.write(body)));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(gateway.resolve(path))
                .timeout(REQUEST_TIMEOUT)
                .header("Content-Type", "application/json");
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new CliError("Purchase failed: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static JsonNode data(HttpResponse<String> response) {
        if (response.statusCode() >= 300) {
            throw new CliError(response.request().uri().getPath() + " failed: " + response.body());
        }
        return read(response).path("data");
    }

    private static JsonNode read(HttpResponse<String> response) {
        return Json.read(response.body(), JsonNode.class);
    }
}
