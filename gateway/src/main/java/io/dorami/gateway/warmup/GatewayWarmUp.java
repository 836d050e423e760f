package io.dorami.gateway.warmup;

import io.dorami.contracts.User;
import io.dorami.contracts.events.RoomEvent;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.gateway.GatewayConfig;
import io.dorami.gateway.hub.RehearsalRoom;
import io.dorami.gateway.json.JsonFrameEncoder;
import io.dorami.gateway.socketio.SocketIoFrameEncoder;
import io.dorami.gateway.transport.EventLoop;
import io.dorami.service.messaging.EventBus;
import io.dorami.service.runtime.DoramiConfig;
import io.dorami.service.runtime.WarmUp;
import io.dorami.service.runtime.WarmUpStep;
import io.dorami.service.runtime.WarmUpSteps;
import io.dorami.signing.AccessToken;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * Warms up connections of both protocols, from the upgrade to the end of the sign-in, and the delivery of an event to a
 * room. The connections are real, to this gateway itself: its metrics show them while it is not ready yet.
 */
@ApplicationScoped
class GatewayWarmUp implements WarmUpSteps {

    private static final StreamKey KEY = new StreamKey(WarmUp.RESERVED_NAME);
    private static final User USER = new User(WarmUp.RESERVED_NAME, WarmUp.RESERVED_NAME, User.Role.USER);

    /** Members for each protocol: 600 events are 60,000 deliveries, which take 0.1 s once they are compiled. */
    private static final int MEMBERS = 50;

    private final Vertx vertx;
    private final LoopbackSocket sockets;
    private final GatewayConfig config;
    private final String jwtSecret;

    GatewayWarmUp(Vertx vertx, LoopbackSocket sockets, GatewayConfig config, DoramiConfig dorami) {
        this.vertx = vertx;
        this.sockets = sockets;
        this.config = config;
        this.jwtSecret = dorami.jwtSecret();
    }

    @Override
    public List<WarmUpStep> warmUpSteps() {
        String token = AccessToken.of(USER).sign(jwtSecret);
        return List.of(
                WarmUpStep.repeated(
                        "JSON connection",
                        () -> sockets.open(
                                "/ws", "{\"type\":\"hello\",\"version\":1,\"token\":\"" + token + "\"}", "{\"event\"")),
                WarmUpStep.repeated(
                        "Socket.IO connection",
                        () -> sockets.open(
                                "/socket.io/?EIO=4&transport=websocket", "40{\"token\":\"" + token + "\"}", "40{")),
                WarmUpStep.repeated("delivery", this::deliver));
    }

    private Uni<?> deliver() {
        EventLoop loop = new EventLoop(vertx);
        return Uni.createFrom()
                .emitter(emitter -> loop.execute(() -> {
                    RehearsalRoom room = new RehearsalRoom(
                            new RoomId(RoomType.CHAT, KEY),
                            loop,
                            config,
                            List.of(JsonFrameEncoder.INSTANCE, SocketIoFrameEncoder.of(RoomType.CHAT)),
                            MEMBERS);
                    room.deliver(EventBus.toFrame(new RoomEvent.ChatPosted(
                            UUID.randomUUID(),
                            KEY,
                            USER.id(),
                            USER.name(),
                            "Is the vase still there?",
                            null,
                            Instant.now())));
                    room.close();
                    emitter.complete(null);
                }));
    }
}
