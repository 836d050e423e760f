package io.dorami.loadtest;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import io.dorami.contracts.User;
import io.dorami.loadtest.RestCalls.RestReply;
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
 * One product of a room's show, bought by its members at a fixed rate, and what the room hears of it. Buying is a
 * reservation that is confirmed. Lives on the load's event loop.
 */
final class PurchaseLoad {

    private static final byte[] UPDATED_AT = "\"updatedAt\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final RestCalls calls;
    private final Audience audience;
    private final Room room;
    private final String product;
    private int turn;

    long ordered;
    long soldOut;

    /** From product-service's decision to a sampled member that hears of it; one clock, one machine. */
    final Histogram told = new Histogram(TimeUnit.HOURS.toMicros(1), 3);

    private final List<Long> soldOutHeard = new ArrayList<>();
    private long lastSuccess;

    private PurchaseLoad(RestCalls calls, Audience audience, Room room, String product) {
        this.calls = calls;
        this.audience = audience;
        this.room = room;
        this.product = product;
    }

    /** Puts the product into the show, as its seller. */
    static PurchaseLoad open(RestCalls calls, Audience audience, Room room, User seller, String secret, int stock) {
        String token = AccessToken.of(seller, Duration.ofDays(2)).sign(secret);
        Map<String, Object> wish = Map.of("streamKey", room.key, "name", "Moon jar", "price", 89_000, "stock", stock);
        long end = System.nanoTime() + PATIENCE.toNanos();
        RestReply reply;
        do { // whose the stream is comes to product-service by event
            CompletableFuture<RestReply> answer = new CompletableFuture<>();
            calls.call("POST", "/api/products", token, wish, System.nanoTime(), answer::complete);
            reply = answer.join();
        } while (reply.status() == 404 && System.nanoTime() < end);
        if (!reply.successful()) {
            throw new CliError("The show's product is refused: " + reply.body());
        }
        String id =
                Json.read(reply.body(), JsonNode.class).path("data").path("id").asText();
        return new PurchaseLoad(calls, audience, room, id);
    }

    /** Somebody buys one. */
    void order(long due) {
        List<Member> all = audience.of(room);
        if (all.isEmpty()) {
            return;
        }
        String buyer = audience.token(all.get(turn++ % all.size()).user);
        calls.call(
                "POST",
                "/api/reservations",
                buyer,
                Map.of("productId", product, "quantity", 1),
                due,
                reply -> reserved(reply, buyer, due));
    }

    private void reserved(RestReply reply, String buyer, long due) {
        if (reply.status() == 409) {
            soldOut++;
            return;
        }
        if (!reply.successful()) {
            audience.trouble("order: " + reply.reason());
            return;
        }
        ordered++;
        lastSuccess = Math.max(lastSuccess, due);
        UUID id = UUID.fromString(
                Json.read(reply.body(), JsonNode.class).path("data").path("id").asText());
        calls.call("POST", "/api/reservations/" + id + "/confirm", buyer, Map.of(), System.nanoTime(), confirmed -> {
            if (!confirmed.successful()) {
                audience.trouble("confirm: " + confirmed.reason());
            }
        });
    }

    /**
     * Milliseconds from the moment at which the last unit was ordered until 99% of those who are there had heard that none
     * is left; -1 where they have not.
     */
    double soldOutReached() {
        int needed = (int) Math.ceil(audience.of(room).size() * 0.99);
        return needed == 0 || soldOutHeard.size() < needed ? -1 : (soldOutHeard.get(needed - 1) - lastSuccess) / 1e6;
    }

    /** A member hears of the product. */
    void heard(Member member, ReceivedEvent event, ByteBuf frame, int start, int end, long now) {
        if (event == ReceivedEvent.PRODUCT_UPDATED && member.sampled) {
            String time = ByteSearch.value(frame, start, end, UPDATED_AT);
            if (!time.isEmpty()) {
                told.recordValue(Math.max(
                        0, Duration.between(Instant.parse(time), Instant.now()).toNanos() / 1_000));
            }
        } else if (event == ReceivedEvent.SOLD_OUT) {
            soldOutHeard.add(now);
        }
    }
}
