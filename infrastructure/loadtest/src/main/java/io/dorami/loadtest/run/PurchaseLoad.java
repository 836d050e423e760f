package io.dorami.loadtest.run;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import io.dorami.contracts.User;
import io.dorami.loadtest.measurement.RoomTracker;
import io.dorami.loadtest.protocol.ByteSearch;
import io.dorami.loadtest.protocol.ReceivedEvent;
import io.dorami.loadtest.run.RestCalls.RestReply;
import io.dorami.local.CliError;
import io.dorami.signing.AccessToken;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Orders of one product of a room's show at a fixed rate, and the product events that the room receives. An order is a
 * cart item that is ordered at once. Confined to the load's event loop.
 */
final class PurchaseLoad {

    private static final byte[] UPDATED_AT = "\"updatedAt\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final Duration OPEN_TIMEOUT = Duration.ofSeconds(30);

    private final RestCalls calls;
    private final MemberPool pool;
    private final RoomTracker room;
    private final String productId;
    private int turn;

    long orderedCount;
    long soldOutCount;

    /** Latency from product-service's change to a sampled member's event; both clocks are this machine's. */
    final Histogram updateLatency = new Histogram(TimeUnit.HOURS.toMicros(1), 3);

    private final List<Long> soldOutReceivedAt = new ArrayList<>();
    private long lastHeldAt;

    private PurchaseLoad(RestCalls calls, MemberPool pool, RoomTracker room, String productId) {
        this.calls = calls;
        this.pool = pool;
        this.room = room;
        this.productId = productId;
    }

    /** Adds the product to the show, as its seller. */
    static PurchaseLoad open(
            RestCalls calls, MemberPool pool, RoomTracker room, User seller, String secret, int stock) {
        String token = AccessToken.of(seller, Duration.ofDays(2)).sign(secret);
        // A whole number is an amount of every currency.
        Map<String, Object> request = Map.of("streamKey", room.key, "name", "Moon jar", "price", 89, "stock", stock);
        long end = System.nanoTime() + OPEN_TIMEOUT.toNanos();
        RestReply reply;
        do { // product-service learns the owner of the stream by an event
            CompletableFuture<RestReply> response = new CompletableFuture<>();
            calls.call("POST", "/api/products", token, request, System.nanoTime(), response::complete);
            reply = response.join();
        } while (reply.status() == 404 && System.nanoTime() < end);
        if (!reply.isSuccessful()) {
            throw new CliError("The show's product was rejected: " + reply.body());
        }
        String id =
                Json.read(reply.body(), JsonNode.class).path("data").path("id").asText();
        return new PurchaseLoad(calls, pool, room, id);
    }

    /** Orders one unit for the next member. */
    void order(long due) {
        List<Member> all = pool.membersOf(room);
        if (all.isEmpty()) {
            return;
        }
        String buyer = pool.token(all.get(turn++ % all.size()).user);
        calls.call(
                "POST",
                "/api/cart",
                buyer,
                Map.of("productId", productId, "quantity", 1),
                due,
                reply -> onHeld(reply, buyer, due));
    }

    private void onHeld(RestReply reply, String buyer, long due) {
        if (reply.status() == 409) {
            soldOutCount++;
            return;
        }
        if (!reply.isSuccessful()) {
            pool.recordProblem("cart: " + reply.reason());
            return;
        }
        lastHeldAt = Math.max(lastHeldAt, due);
        UUID id = UUID.fromString(
                Json.read(reply.body(), JsonNode.class).path("data").path("id").asText());
        Map<String, ?> items = Map.of("cartItemIds", List.of(id));
        calls.call("POST", "/api/orders/from-cart", buyer, items, System.nanoTime(), ordered -> {
            if (ordered.isSuccessful()) {
                orderedCount++;
            } else {
                pool.recordProblem("order: " + ordered.reason());
            }
        });
    }

    /**
     * Milliseconds from the request for the last unit until 99% of the present members had received the sold-out event; -1
     * if they have not.
     */
    double soldOutReachedMillis() {
        int needed = (int) Math.ceil(pool.membersOf(room).size() * 0.99);
        return needed == 0 || soldOutReceivedAt.size() < needed
                ? -1
                : (soldOutReceivedAt.get(needed - 1) - lastHeldAt) / 1e6;
    }

    /** Records a product event that a member received. */
    void onProductEvent(Member member, ReceivedEvent event, ByteBuf frame, int start, int end, long now) {
        if (event == ReceivedEvent.PRODUCT_UPDATED && member.sampled) {
            String time = ByteSearch.quotedValue(frame, start, end, UPDATED_AT);
            if (!time.isEmpty()) {
                updateLatency.recordValue(Math.max(
                        0, Duration.between(Instant.parse(time), Instant.now()).toNanos() / 1_000));
            }
        } else if (event == ReceivedEvent.SOLD_OUT) {
            soldOutReceivedAt.add(now);
        }
    }
}
