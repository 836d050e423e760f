package io.dorami.gateway.rooms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dorami.contracts.User;
import io.dorami.contracts.events.Delivery;
import io.dorami.contracts.events.RoomEvent.StreamEnded;
import io.dorami.contracts.keys.LogPosition;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.gateway.hub.Client;
import io.dorami.gateway.hub.Hub;
import io.dorami.gateway.hub.Replay;
import io.dorami.gateway.json.JsonFrameEncoder;
import io.dorami.gateway.transport.DiscardingTransport;
import io.dorami.gateway.transport.EventLoop;
import io.dorami.gateway.transport.Frame;
import io.dorami.gateway.transport.SendQueue;
import io.dorami.presence.Presence;
import io.dorami.service.messaging.EventBus;
import io.dorami.testing.DoramiTestResource;
import io.dorami.testing.JsonTestClient;
import io.dorami.testing.TestSecrets;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A subscription that ends before its join is complete leaves no viewer behind, and takes none away. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
class SubscriptionEndTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** One more than {@code GatewayConfig#maxBufferedEvents}. */
    private static final int TOO_MANY_EVENTS = 1_001;

    @TestHTTPResource("/ws")
    URI address;

    @Inject
    Hub hub;

    @Inject
    ClientRequestHandler requestHandler;

    @Inject
    EventBus bus;

    @Inject
    Presence presence;

    @Inject
    Vertx vertx;

    private final StreamKey key = new StreamKey(UUID.randomUUID().toString());
    private final RoomId stream = new RoomId(RoomType.STREAM, key);

    /** Ignores the overflow of a queue that does not overflow here. */
    private static final class NullOwner implements SendQueue.Owner {
        @Override
        public Frame droppedMessage(String topic, int count) {
            return Frame.text(Delivery.RELIABLE, topic, "dropped", "{}");
        }

        @Override
        public void onOverflow() {}
    }

    @Test
    void disconnectDuringRecoveryLeavesNoViewer() {
        EventLoop loop = new EventLoop(vertx);
        LogPosition start = openLog();
        CompletableFuture<Optional<Map<RoomId, Replay>>> recovery = new CompletableFuture<>();
        loop.execute(() -> {
            Client client = newClient();
            requestHandler.recover(client, Map.of(stream, start)).subscribe().with(recovery::complete);
            requestHandler.disconnect(client, false);
        });
        assertThat(recovery).succeedsWithin(TIMEOUT).isEqualTo(Optional.empty());
        assertThat(viewersSeenByGuest()).as("only the guest").isEqualTo(1);
    }

    @Test
    void overflowDuringRecoveryRemovesViewer() {
        EventLoop loop = new EventLoop(vertx);
        LogPosition start = openLog();
        CompletableFuture<Client> recovered = new CompletableFuture<>();
        loop.execute(() -> {
            Client client = newClient();
            requestHandler.recover(client, Map.of(stream, start)).subscribe().with(found -> recovered.complete(client));
        });
        assertThat(recovered).succeedsWithin(TIMEOUT);
        await().untilAsserted(() -> assertThat(viewerCount()).isEqualTo(1));

        for (int i = 0; i < TOO_MANY_EVENTS; i++) { // the client does not go on to resume
            bus.publish(RedisKeys.roomKeys(stream), new StreamEnded(key))
                    .await()
                    .atMost(TIMEOUT);
        }
        await().untilAsserted(() -> assertThat(viewerCount()).isZero());
        loop.execute(() -> requestHandler.disconnect(recovered.join(), false));
    }

    @Test
    void leaveDuringJoinKeepsOtherTabCounted() {
        String kim = TestSecrets.userToken(UUID.randomUUID().toString(), "Kim");
        String room = "\"room\":\"" + stream + "\"}";
        try (JsonTestClient watching =
                JsonTestClient.connect(webSocketUri(), kim).join(stream.toString())) {
            for (int i = 0; i < 8; i++) { // on several event loops, of which only one has the room already
                try (JsonTestClient rapid = JsonTestClient.connect(webSocketUri(), kim)) {
                    rapid.sendText("{\"type\":\"join\"," + room);
                    rapid.sendText("{\"type\":\"leave\"," + room);
                    rapid.await("stream:viewer:leave:success");
                }
            }
            assertThat(viewersSeenByGuest()).as("Kim and the guest").isEqualTo(2);
            assertThat(watching.framesOf("error")).isEmpty();
        }
    }

    /** The viewer count in the reply to a guest who joins, after all earlier changes of this gateway. */
    private long viewersSeenByGuest() {
        try (JsonTestClient guest = JsonTestClient.connect(webSocketUri(), null).join(stream.toString())) {
            return guest.await("stream:viewer:join:success")
                    .at("/data/viewerCount")
                    .asLong();
        }
    }

    private Client newClient() {
        SendQueue sendQueue = hub.shard().newSendQueue(new DiscardingTransport(), new NullOwner());
        User kim = new User("kim", "Kim", User.Role.USER);
        Client client = hub.newClient(
                UUID.randomUUID().toString(), "guest", JsonFrameEncoder.INSTANCE, sendQueue, Optional.of(kim));
        hub.add(client);
        return client;
    }

    private LogPosition openLog() {
        return LogPosition.parse(bus.openLog(RedisKeys.roomKeys(stream)).await().atMost(TIMEOUT));
    }

    private long viewerCount() {
        return presence.counts(List.of(key)).await().atMost(TIMEOUT).getFirst();
    }

    private URI webSocketUri() {
        return URI.create(address.toString().replaceFirst("^http", "ws"));
    }
}
