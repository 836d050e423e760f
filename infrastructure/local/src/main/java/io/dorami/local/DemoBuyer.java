package io.dorami.local;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import io.dorami.contracts.User;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.events.Product;
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

/** Buys as a viewer does: holds, orders, and pays at a provider that the demo plays too. */
final class DemoBuyer {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI gateway;
    private final Secrets secrets;

    DemoBuyer(URI gateway, Secrets secrets) {
        this.gateway = gateway;
        this.secrets = secrets;
    }

    /** Answers false where fewer are left. */
    boolean buy(User buyer, Product product, int quantity) {
        String token = AccessToken.of(buyer).sign(secrets.jwt());
        HttpResponse<String> held = send(request("/api/reservations")
                .header("Authorization", "Bearer " + token)
                .header("Idempotency-Key", UUID.randomUUID().toString())
                .POST(BodyPublishers.ofString(Json.write(Map.of("productId", product.id(), "quantity", quantity)))));
        if (ErrorCode.SOLD_OUT.name().equals(read(held).path("errorCode").asText())) {
            return false;
        }
        String reservation = data(held).path("id").asText();
        JsonNode order = data(send(request("/api/reservations/" + reservation + "/confirm")
                .header("Authorization", "Bearer " + token)
                .POST(BodyPublishers.noBody())));
        pay(order.path("id").asText(), order.path("totalPrice").asLong());
        return true;
    }

    private void pay(String order, long amount) {
        byte[] said = Json.write(Map.of(
                        "paymentId", "demo-" + UUID.randomUUID(), "orderId", order, "amount", amount, "status", "PAID"))
                .getBytes(StandardCharsets.UTF_8);
        String signature = new PaymentSignature(secrets.payment()).sign(said, Instant.now());
        data(send(request("/api/payments/callback")
                .header(PaymentSignature.HEADER, signature)
                .POST(BodyPublishers.ofByteArray(said))));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(gateway.resolve(path))
                .timeout(PATIENCE)
                .header("Content-Type", "application/json");
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new CliError("A purchase failed: " + e.getMessage());
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
