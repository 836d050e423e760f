package io.dorami.product;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import io.dorami.contracts.commands.StreamLifecycle.StreamRegistered;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.database.Database;
import io.dorami.service.messaging.EventBus;
import io.dorami.signing.PaymentSignature;
import io.dorami.testing.RedisSubscriber;
import io.dorami.testing.TestSecrets;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import io.vertx.mutiny.redis.client.Redis;
import jakarta.enterprise.context.Dependent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A show of its own for a test, with a seller and buyers who call the REST API. */
@Dependent
public class Shop {

    public final StreamKey key = new StreamKey(UUID.randomUUID().toString());
    public final RoomId room = RoomId.parse("shop:" + key);
    public final String seller = TestSecrets.userToken("seller", "Hana");
    public final String kimId = "kim-" + UUID.randomUUID();
    public final String kim = TestSecrets.userToken(kimId, "Kim Minji");

    private final EventBus bus;
    private final Redis redis;
    private final Database database;

    Shop(EventBus bus, Redis redis, Database database) {
        this.bus = bus;
        this.redis = redis;
        this.database = database;
    }

    /** Registers the show. */
    public void open() {
        register(new StreamRegistered(key, "seller", Instant.now()));
    }

    public void register(StreamRegistered event) {
        bus.publish(event).await().atMost(Duration.ofSeconds(10));
    }

    public String createProduct(int stock) {
        return createProduct(stock, Map.of());
    }

    /** Creates a product for 29.90 with further fields, and returns its id. */
    public String createProduct(int stock, Map<String, Object> fields) {
        Map<String, Object> body =
                new HashMap<>(Map.of("streamKey", key.value(), "name", "Cup", "price", 29.90, "stock", stock));
        body.putAll(fields);
        return as(seller)
                .body(body)
                .post("/api/products")
                .then()
                .statusCode(201)
                .extract()
                .path("data.id");
    }

    /** Adds units to a cart, and returns the item. */
    public static JsonNode add(String token, String product, int quantity, @Nullable String key) {
        return data(postCartItem(token, product, quantity, key).statusCode(201));
    }

    /** Adds units to Kim's cart, and returns the item's id. */
    public String add(String product, int quantity) {
        return add(kim, product, quantity, null).path("id").asText();
    }

    public static ValidatableResponse postCartItem(String token, String product, int quantity, @Nullable String key) {
        RequestSpecification request = as(token).body(Map.of("productId", product, "quantity", quantity));
        return (key == null ? request : request.header("Idempotency-Key", key))
                .post("/api/cart")
                .then();
    }

    /** Orders items of Kim's cart, and returns the order. */
    public JsonNode order(String... items) {
        return data(postOrder(kim, null, items).statusCode(201));
    }

    public static ValidatableResponse postOrder(String token, @Nullable String key, String... items) {
        RequestSpecification request = as(token).body(Map.of("cartItemIds", List.of(items)));
        return (key == null ? request : request.header("Idempotency-Key", key))
                .post("/api/orders/from-cart")
                .then();
    }

    public static ValidatableResponse pay(String payment, String order, double amount) {
        return sendCallback(Map.of("paymentId", payment, "orderId", order, "amount", amount, "status", "PAID"));
    }

    public static ValidatableResponse sendCallback(Map<String, Object> callback) {
        byte[] body = Json.write(callback).getBytes(StandardCharsets.UTF_8);
        return postCallback(new PaymentSignature(TestSecrets.PAYMENT).sign(body, Instant.now()), body);
    }

    public static ValidatableResponse postCallback(String header, byte[] body) {
        return given().contentType(ContentType.JSON)
                .header(PaymentSignature.HEADER, header)
                .body(body)
                .post("/api/payments/callback")
                .then();
    }

    public static void assertRejected(int status, String code, Supplier<ValidatableResponse> call) {
        call.get().statusCode(status).body("errorCode", equalTo(code));
    }

    /** The names of the events in the show's room. */
    public List<String> eventNames() {
        return RedisSubscriber.loggedEventNames(redis, room);
    }

    /** The data of the events of this name in a room. */
    public List<JsonNode> events(RoomId room, String name) {
        return RedisSubscriber.loggedEvents(redis, room).stream()
                .filter(frame -> frame.name().equals(name))
                .map(frame -> Json.read(frame.data(), JsonNode.class))
                .toList();
    }

    /** The frames in the admins' room that are about an order. */
    public List<EventFrame> adminEvents(String order) {
        return RedisSubscriber.loggedEvents(redis, RoomId.ADMINS).stream()
                .filter(frame -> frame.data().contains(order))
                .toList();
    }

    public static int stock(String product) {
        return given().get("/api/products/" + product).then().extract().path("data.stock");
    }

    public void execute(String statement) {
        database.runCritical(connection -> connection.query(statement).execute())
                .await()
                .atMost(Duration.ofSeconds(10));
    }

    /** Reads the data of a response; amounts keep their decimals. */
    public static JsonNode data(ValidatableResponse response) {
        return Json.read(response.extract().asString(), JsonNode.class).path("data");
    }

    public static RequestSpecification as(String token) {
        return given().contentType(ContentType.JSON).header("Authorization", "Bearer " + token);
    }
}
