package io.dorami.gateway.socketio;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import io.dorami.contracts.events.Notice;
import io.dorami.contracts.events.RoomEvent;
import io.dorami.contracts.events.RoomEvent.NoticeUpdated;
import io.dorami.contracts.events.RoomEvent.ReservationPromoted;
import io.dorami.contracts.events.RoomEvent.ShowOrderChanged;
import io.dorami.contracts.events.ShowOrder;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.gateway.socketio.engine.RawEngineClient.RawSocket;
import io.dorami.service.messaging.EventBus;
import io.dorami.testing.DoramiTestResource;
import io.dorami.testing.JsonTestClient;
import io.dorami.testing.TestSecrets;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Events for one user: only the connections of this user receive them. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
class PersonalEventsTest {

    private static final String PATH = "/socket.io/";
    private static final String PROMOTED = "reservation:promoted";
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @TestHTTPResource("/")
    URI address;

    @Inject
    EventBus bus;

    @Inject
    Redis redis;

    private final String kim = UUID.randomUUID().toString();
    private final String lee = UUID.randomUUID().toString();

    /** The reply to CONNECT, and the offset in the event after the reply. */
    private record Connected(String sid, String pid, String offset) {}

    @Test
    void onlyTheUsersConnectionsReceiveTheEvent() {
        try (JsonTestClient kimJson = JsonTestClient.connect(webSocketUri(), token(kim));
                JsonTestClient leeJson = JsonTestClient.connect(webSocketUri(), token(lee));
                JsonTestClient guestJson = JsonTestClient.connect(webSocketUri(), null);
                JsonTestClient adminJson = JsonTestClient.connect(webSocketUri(), TestSecrets.adminToken())) {
            RawSocket kimWeb = socket();
            RawSocket leeWeb = socket();
            RawSocket guestWeb = socket();
            connect(kimWeb, credentials(token(kim), "", ""));
            connect(leeWeb, credentials(token(lee), "", ""));
            connect(guestWeb, "{}");

            UUID forKim = publishPromotion(kim);
            UUID forLee = publishPromotion(lee);
            publishNotice();

            assertThat(promotionsUntilNotice(kimWeb)).containsExactly(forKim.toString());
            assertThat(promotionsUntilNotice(leeWeb)).containsExactly(forLee.toString());
            assertThat(promotionsUntilNotice(guestWeb)).isEmpty();
            assertThat(promotionsUntilNotice(kimJson)).containsExactly(forKim.toString());
            assertThat(promotionsUntilNotice(leeJson)).containsExactly(forLee.toString());
            assertThat(promotionsUntilNotice(guestJson)).isEmpty();
            assertThat(promotionsUntilNotice(adminJson)).isEmpty();
            List.of(kimWeb, leeWeb, guestWeb).forEach(RawSocket::close);
        }
    }

    @Test
    void orderReachesEachOfItsSellersAndNobodyElse() {
        String park = UUID.randomUUID().toString();
        try (JsonTestClient kimJson = JsonTestClient.connect(webSocketUri(), token(kim));
                JsonTestClient leeJson = JsonTestClient.connect(webSocketUri(), token(lee));
                JsonTestClient parkJson = JsonTestClient.connect(webSocketUri(), token(park))) {
            ShowOrder order = new ShowOrder(
                    "ORD-1",
                    "Choi",
                    ShowOrder.OrderState.PAID,
                    List.of(),
                    BigDecimal.TEN,
                    Instant.now(),
                    Instant.now(),
                    null);
            publish(RoomId.USERS, new ShowOrderChanged(List.of(kim, lee), new StreamKey("KEYA"), order, Instant.now()));
            publishNotice();
            for (JsonTestClient seller : List.of(kimJson, leeJson)) {
                seller.await("notice:updated");
                assertThat(seller.framesOf(ShowOrderChanged.NAME)).hasSize(1);
            }
            parkJson.await("notice:updated");
            assertThat(parkJson.framesOf(ShowOrderChanged.NAME)).isEmpty();
        }
    }

    @Test
    void returningUserReceivesOnlyOwnMissedEvents() {
        RawSocket before = socket();
        Connected first = connect(before, credentials(token(kim), "", ""));
        before.close();
        UUID missed = publishPromotion(kim);
        publishPromotion(lee);

        RawSocket after = socket();
        assertThat(connect(after, credentials(token(kim), first.pid(), first.offset()))
                        .sid())
                .isEqualTo(first.sid());
        UUID live = publishPromotion(kim);
        publishPromotion(lee);
        publishNotice();
        assertThat(promotionsUntilNotice(after)).containsExactly(missed.toString(), live.toString());
        after.close();

        RawSocket other = socket();
        assertThat(connect(other, credentials(token(lee), first.pid(), first.offset()))
                        .sid())
                .as("another user with the same recovery token")
                .isNotEqualTo(first.sid());
        publishNotice();
        assertThat(promotionsUntilNotice(other)).isEmpty();
        other.close();
    }

    @Test
    void guestAfterSuspensionReceivesNoMore() {
        try (JsonTestClient client = JsonTestClient.connect(webSocketUri(), token(kim))) {
            RawSocket web = socket();
            connect(web, credentials(token(kim), "", ""));
            redis.send(Request.cmd(Command.SET)
                            .arg(RedisKeys.suspended(kim))
                            .arg("1")
                            .arg("PX")
                            .arg(3_000))
                    .await()
                    .atMost(TIMEOUT);
            assertThat(client.await("error").at("/data/message").asText()).isEqualTo("account is suspended");
            web.send("42[\"join:stream\",{\"streamId\":\"" + kim + "\"}]");
            JsonNode joined = next(web);
            while (!joined.path(0).asText().equals("join:stream:success")) {
                joined = next(web);
            }
            assertThat(joined.path(2).asText()).as("signed out too").doesNotContain("users:");

            publishPromotion(kim);
            publishNotice();
            assertThat(promotionsUntilNotice(client)).isEmpty();
            assertThat(promotionsUntilNotice(web)).isEmpty();
            web.close();
        }
    }

    @Test
    void clientsCannotJoinTheRoomOfUsers() {
        try (JsonTestClient client = JsonTestClient.connect(webSocketUri(), token(kim))) {
            client.sendText("{\"type\":\"join\",\"room\":\"" + RoomId.USERS + "\"}");
            assertThat(client.await("error").at("/data/errorCode").asText()).isEqualTo("INVALID_ROOM");
        }
    }

    private UUID publishPromotion(String user) {
        UUID reservation = UUID.randomUUID();
        publish(
                RoomId.USERS,
                new ReservationPromoted(
                        user,
                        reservation,
                        UUID.randomUUID(),
                        UUID.randomUUID(),
                        "Mug",
                        1,
                        Instant.now().plusSeconds(600),
                        Instant.now()));
        return reservation;
    }

    /**
     * Publishes an event for all clients, which arrives after those of the room of users that were published before.
     */
    private void publishNotice() {
        publish(RoomId.PLATFORM, new NoticeUpdated(Notice.NONE));
    }

    private void publish(RoomId room, RoomEvent event) {
        bus.publish(RedisKeys.roomKeys(room), event).await().atMost(TIMEOUT);
    }

    /** Reservations in the personal events before the next notice. */
    private static List<String> promotionsUntilNotice(RawSocket client) {
        List<String> promotions = new ArrayList<>();
        for (JsonNode event = next(client); !event.path(0).asText().equals("notice:updated"); event = next(client)) {
            if (event.path(0).asText().equals(PROMOTED)) {
                promotions.add(event.at("/1/reservationId").asText());
            }
        }
        return promotions;
    }

    private static List<String> promotionsUntilNotice(JsonTestClient client) {
        client.await("notice:updated");
        return client.framesOf(PROMOTED).stream()
                .map(frame -> frame.at("/data/reservationId").asText())
                .toList();
    }

    private static JsonNode next(RawSocket client) {
        String packet = client.next();
        assertThat(packet).startsWith("42[");
        return Json.read(packet.substring(2), JsonNode.class);
    }

    private RawSocket socket() {
        return RawSocket.connect(address.getPort(), PATH);
    }

    private static Connected connect(RawSocket client, String credentials) {
        String reply = client.send("40" + credentials).next();
        assertThat(reply).startsWith("40{");
        JsonNode data = Json.read(reply.substring(2), JsonNode.class);
        return new Connected(
                data.path("sid").asText(),
                data.path("pid").asText(),
                next(client).path(2).asText());
    }

    private static String credentials(String token, String pid, String offset) {
        return "{\"token\":\"%s\",\"pid\":\"%s\",\"offset\":\"%s\"}".formatted(token, pid, offset);
    }

    private static String token(String user) {
        return TestSecrets.userToken(user, user);
    }

    private URI webSocketUri() {
        return URI.create("ws://localhost:" + address.getPort() + "/ws");
    }
}
