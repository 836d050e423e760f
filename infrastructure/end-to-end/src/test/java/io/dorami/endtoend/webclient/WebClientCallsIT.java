package io.dorami.endtoend.webclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.endtoend.system.RunningSystem;
import io.dorami.endtoend.system.RunningSystem.HttpReply;
import io.dorami.testing.TestSecrets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Every REST call of the web client's pages, with the parameters and bodies that the client sends and the fields that it
 * reads.
 */
@ExtendWith(RunningSystem.Resolver.class)
class WebClientCallsIT {

    private final RunningSystem system;
    private final String admin = TestSecrets.adminToken();
    private final String buyer = TestSecrets.userToken("evening-" + UUID.randomUUID(), "Kim Minji");

    WebClientCallsIT(RunningSystem system) {
        this.system = system;
    }

    @Test
    void visitorReadsPublicPages() {
        JsonNode show = generateKey("Visitors' show");
        String key = show.path("streamKey").asText();
        String product = createProduct(key, "Cup", 5);
        for (String list : List.of(
                "/api/streaming/active",
                "/api/streaming/upcoming?limit=100",
                "/api/products?streamKey=" + key + "&status=AVAILABLE&take=200",
                "/api/products/featured?limit=6",
                "/api/notices")) {
            assertThat(ok("GET", list, null, null).isArray()).as(list).isTrue();
        }
        for (String page :
                List.of("/api/products/store?page=1&limit=24&search=cup", "/api/products/popular?page=1&limit=8")) {
            JsonNode data = ok("GET", page, null, null, "/data", "/meta/total", "/meta/page", "/meta/totalPages");
            assertThat(data.path("data").isArray()).as(page).isTrue();
        }
        ok("GET", "/api/products/live-deals", null, null);
        ok(
                "GET",
                "/api/products/" + product,
                null,
                null,
                "/name",
                "/price",
                "/shippingFee",
                "/colorOptions",
                "/status");
        ok("GET", "/api/streaming/key/" + key + "/status", null, null, "/status", "/viewerCount", "/title");
        ok("GET", "/api/streaming/key/" + key + "/featured-product", null, null, "/product");
        ok("GET", "/api/notices/current", null, null, "/text", "/fontSize", "/fontFamily");
    }

    @Test
    void buyerBuysFromLivePage() {
        String key = generateKey("Buyer's show").path("streamKey").asText();
        String cup = createProduct(key, "Cup", 5);
        String mug = createProduct(key, "Mug", 1);
        JsonNode item = ok(
                "POST",
                "/api/cart",
                buyer,
                Map.of("productId", cup, "quantity", 1),
                "/id",
                "/price",
                "/shippingFee",
                "/timerEnabled",
                "/subtotal",
                "/total",
                "/product/status");
        ok("PATCH", "/api/cart/" + item.path("id").asText(), buyer, Map.of("quantity", 2));
        JsonNode second = ok("POST", "/api/cart", buyer, Map.of("productId", mug, "quantity", 1));
        JsonNode cart = ok(
                "GET",
                "/api/cart",
                buyer,
                null,
                "/items/0/streamKey",
                "/itemCount",
                "/subtotal",
                "/totalShippingFee",
                "/grandTotal",
                "/shippingWaived",
                "/freeShippingMode");
        assertThat(cart.path("grandTotal").isTextual()).isTrue();

        String other = TestSecrets.userToken("waiting-" + UUID.randomUUID(), "Lee");
        JsonNode reservation = ok(
                "POST",
                "/api/reservations",
                other,
                Map.of("productId", mug, "quantity", 1),
                "/reservationNumber",
                "/status",
                "/queuePosition");
        ok(
                "GET",
                "/api/reservations",
                other,
                null,
                "/reservations/0/id",
                "/totalCount",
                "/waitingCount",
                "/promotedCount");
        ok("DELETE", "/api/reservations/" + reservation.path("id").asText(), other, null);
        ok("DELETE", "/api/cart/" + second.path("id").asText(), buyer, null);

        JsonNode order = ok(
                "POST",
                "/api/orders/from-cart",
                buyer,
                Map.of("cartItemIds", List.of(item.path("id").asText())),
                "/id",
                "/userEmail",
                "/depositorName",
                "/instagramId",
                "/status",
                "/paymentStatus",
                "/subtotal",
                "/shippingFee",
                "/total",
                "/createdAt",
                "/updatedAt",
                "/items/0/price",
                "/items/0/shippingFee");
        String id = order.path("id").asText();
        assertThat(order.path("total").isNumber()).isTrue();
        ok(
                "GET",
                "/api/orders?page=1&limit=200",
                buyer,
                null,
                "/items/0/id",
                "/total",
                "/page",
                "/limit",
                "/totalPages");
        ok(
                "GET",
                "/api/orders?page=1&limit=10&status=PENDING_PAYMENT&startDate=2026-01-01&endDate=2100-01-01",
                buyer,
                null,
                "/items/0/id");
        ok("GET", "/api/orders/" + id, buyer, null, "/items/0/productName");
        ok("DELETE", "/api/orders/" + id, buyer, null, "/status");
        JsonNode third = ok("POST", "/api/cart", buyer, Map.of("productId", cup, "quantity", 1));
        ok(
                "POST",
                "/api/orders",
                buyer,
                Map.of(
                        "cartItemIds",
                        List.of(third.path("id").asText()),
                        "depositorName",
                        "Kim",
                        "instagramId",
                        "@kim"),
                "/id");
        ok("POST", "/api/cart", buyer, Map.of("productId", cup, "quantity", 1));
        ok("DELETE", "/api/cart", buyer, null);
    }

    @Test
    void adminRunsShowAndShop() {
        JsonNode show = generateKey("Admin's show");
        String id = show.path("id").asText();
        String key = show.path("streamKey").asText();
        assertThat(show.path("rtmpUrl").asText()).matches("rtmp://[^/]+/live\\?token=\\S+");
        Map<String, Object> edit = new HashMap<>(Map.of("freeShippingMode", "UNCONDITIONAL"));
        edit.put("description", null);
        ok("PATCH", "/api/streaming/" + id, admin, edit);
        ok(
                "GET",
                "/api/streaming/live-status",
                admin,
                null,
                "/isLive",
                "/streamId",
                "/title",
                "/duration",
                "/viewerCount",
                "/thumbnailUrl",
                "/startedAt");
        ok(
                "GET",
                "/api/streaming/history?page=1&limit=20",
                admin,
                null,
                "/streams/0/id",
                "/streams/0/streamKey",
                "/streams/0/title",
                "/streams/0/status",
                "/streams/0/userId",
                "/streams/0/user/name",
                "/streams/0/startedAt",
                "/streams/0/endedAt",
                "/streams/0/totalDuration",
                "/streams/0/peakViewers",
                "/streams/0/freeShippingMode",
                "/total",
                "/page",
                "/limit",
                "/totalPages");

        String cup = createProduct(key, "Cup", 5);
        String mug = createProduct(key, "Mug", 5);
        assertThat(ok("GET", "/api/products/admin?includeExpired=true&streamKey=" + key, admin, null))
                .hasSize(2);
        assertThat(ok("GET", "/api/products/admin?includeExpired=true", admin, null)
                        .isArray())
                .isTrue();
        ok("PATCH", "/api/products/reorder", admin, Map.of("ids", List.of(mug, cup)));
        ok(
                "PATCH",
                "/api/products/" + cup,
                admin,
                Map.of(
                        "name",
                        "Cup",
                        "price",
                        19.99,
                        "stock",
                        7,
                        "colorOptions",
                        List.of(),
                        "sizeOptions",
                        List.of(),
                        "variants",
                        List.of(),
                        "status",
                        "AVAILABLE",
                        "timerEnabled",
                        true,
                        "timerDuration",
                        60,
                        "isNew",
                        true));
        ok("PATCH", "/api/products/" + cup + "/sold-out", admin, Map.of());
        ok("PATCH", "/api/products/" + mug + "/stock", admin, Map.of("quantity", 1));
        ok("POST", "/api/products/bulk-status", admin, Map.of("ids", List.of(cup, mug), "status", "AVAILABLE"));
        String copy = ok("POST", "/api/products/" + cup + "/duplicate", admin, null)
                .path("id")
                .asText();
        ok("POST", "/api/streaming/" + key + "/featured-product", admin, Map.of("productId", cup), "/product/id");
        ok("PATCH", "/api/streaming/" + key + "/featured-product/clear", admin, null);

        JsonNode item = ok("POST", "/api/cart", buyer, Map.of("productId", cup, "quantity", 1));
        String order = ok(
                        "POST",
                        "/api/orders/from-cart",
                        buyer,
                        Map.of("cartItemIds", List.of(item.path("id").asText())))
                .path("id")
                .asText();
        ok(
                "GET",
                "/api/admin/orders?page=1&limit=20&sortBy=createdAt&sortOrder=desc&orderStatus=PENDING_PAYMENT&search="
                        + order,
                admin,
                null,
                "/orders/0/id",
                "/total",
                "/totalPages");
        ok("GET", "/api/admin/orders/" + order, admin, null, "/customer/name", "/customer/email", "/items/0/price");
        ok("PATCH", "/api/admin/orders/" + order + "/status", admin, Map.of("status", "PAYMENT_CONFIRMED"), "/paidAt");
        ok("PATCH", "/api/admin/orders/bulk-status", admin, Map.of("orderIds", List.of(order), "status", "CANCELLED"));

        JsonNode notice = ok(
                "POST",
                "/api/notices/admin",
                admin,
                Map.of("title", "Delivery", "content", "Tomorrow", "category", "IMPORTANT", "isActive", true),
                "/id",
                "/title",
                "/content",
                "/category",
                "/isActive",
                "/createdAt",
                "/updatedAt");
        ok("GET", "/api/notices/admin", admin, null, "/0/id");
        ok("GET", "/api/notices", null, null, "/0/id");
        ok("PUT", "/api/notices/admin/" + notice.path("id").asText(), admin, Map.of("isActive", false));
        ok("DELETE", "/api/notices/admin/" + notice.path("id").asText(), admin, null);
        ok("PUT", "/api/notices", admin, Map.of("text", "Hello", "fontSize", 14, "fontFamily", "Pretendard"));

        ok("POST", "/api/products/bulk-delete", admin, Map.of("ids", List.of(cup, copy)), "/deleted", "/failed");
        ok("DELETE", "/api/products/" + mug, admin, null);
        ok("PATCH", "/api/streaming/" + id + "/stop", admin, null);
        ok(
                "POST",
                "/api/streaming/history/bulk-delete",
                admin,
                Map.of("streamIds", List.of(UUID.randomUUID())),
                "/requestedCount",
                "/deletedCount",
                "/skippedCount",
                "/deletedIds",
                "/skippedIds");
        ok("DELETE", "/api/streaming/" + id, admin, null);
    }

    private JsonNode generateKey(String title) {
        return ok(
                "POST",
                "/api/streaming/generate-key",
                admin,
                Map.of(
                        "title",
                        title,
                        "scheduledAt",
                        Instant.now().plusSeconds(3_600).toString(),
                        "freeShippingMode",
                        "THRESHOLD",
                        "freeShippingThreshold",
                        150),
                "/id",
                "/streamKey",
                "/rtmpUrl",
                "/hlsUrl",
                "/scheduledAt",
                "/expiresAt");
    }

    private String createProduct(String key, String name, int stock) {
        Map<String, Object> body = Map.of(
                "streamKey",
                key,
                "name",
                name,
                "price",
                29.99,
                "stock",
                stock,
                "colorOptions",
                List.of(),
                "sizeOptions",
                List.of(),
                "status",
                "AVAILABLE");
        // product-service learns of the stream by event.
        return await().until(() -> system.call("POST", "/api/products", admin, body), reply -> reply.status() == 201)
                .data()
                .path("id")
                .asText();
    }

    /** Calls the API and returns the data, which must have a value or null at each of the JSON pointers. */
    private JsonNode ok(String method, String path, @Nullable String token, @Nullable Object body, String... pointers) {
        HttpReply reply = system.call(method, path, token, body);
        assertThat(reply.status()).as("%s %s: %s", method, path, reply.body()).isBetween(200, 299);
        JsonNode data = reply.data();
        assertThat(Arrays.stream(pointers).filter(pointer -> data.at(pointer).isMissingNode()))
                .as("%s %s: missing in %s", method, path, data)
                .isEmpty();
        return data;
    }
}
