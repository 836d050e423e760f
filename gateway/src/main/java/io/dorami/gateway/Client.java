package io.dorami.gateway;

import io.dorami.contracts.CloseCode;
import io.dorami.contracts.ErrorCode;
import io.dorami.contracts.EventFrame;
import io.dorami.contracts.ReplyTo;
import io.dorami.contracts.RoomId;
import io.dorami.contracts.SelfEvent;
import io.dorami.contracts.User;
import io.dorami.service.EventBus;
import io.quarkus.websockets.next.CloseReason;
import io.quarkus.websockets.next.WebSocketConnection;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** One connection that has said hello. Its rooms are touched only on the hub's loop. */
final class Client {

    private static final Logger LOG = Logger.getLogger(Client.class);

    final String id;
    final Optional<User> user;

    /** What this connection is to each of its rooms; the hub's. */
    final Map<RoomId, Membership> rooms = new HashMap<>();

    private final WebSocketConnection connection;
    private final String gateway;
    private final int outboxFrames;
    private final GatewayMetrics metrics;

    /** Frames given to the socket and not yet written by it. */
    private final AtomicInteger waiting = new AtomicInteger();

    private volatile boolean closing;

    Client(
            String gateway,
            WebSocketConnection connection,
            Optional<User> user,
            int outboxFrames,
            GatewayMetrics metrics) {
        this.id = connection.id();
        this.gateway = gateway;
        this.connection = connection;
        this.user = user;
        this.outboxFrames = outboxFrames;
        this.metrics = metrics;
    }

    /** Who counts as a viewer: a user is one, however many tabs; a guest's tab is one. */
    String participant() {
        return user.map(User::id).orElse("guest:" + id);
    }

    ReplyTo replyTo(@Nullable String requestId) {
        return new ReplyTo(gateway, id, requestId);
    }

    /** Writes a frame after those before it, or closes a client that reads too slowly. */
    void send(String frame) {
        if (closing) {
            return;
        }
        if (waiting.incrementAndGet() > outboxFrames) {
            metrics.slow();
            close(CloseCode.TRY_AGAIN_LATER);
            return;
        }
        connection
                .sendText(frame)
                .onTermination()
                .invoke(waiting::decrementAndGet)
                .subscribe()
                .with(written -> metrics.delivered(), e -> LOG.debugf("%s is gone: %s", id, e)); // its close follows
    }

    void refuse(@Nullable RoomId room, @Nullable String requestId, ErrorCode code, String message) {
        metrics.refused(code);
        EventFrame frame = EventBus.frame(SelfEvent.Refused.of(code, message, Instant.now()));
        send(JsonFrames.answer(room, frame, requestId));
    }

    void close(CloseCode code) {
        closing = true;
        connection
                .close(new CloseReason(code.code(), code.name()))
                .subscribe()
                .with(closed -> {}, e -> LOG.debugf("%s is closed already: %s", id, e));
    }
}
