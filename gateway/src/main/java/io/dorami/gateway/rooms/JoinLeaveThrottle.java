package io.dorami.gateway.rooms;

import io.dorami.contracts.events.RoomEvent;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.RoomId;
import io.dorami.gateway.transport.EventLoop;
import io.dorami.service.messaging.EventBus;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Tells rooms who came and who left: ten times a second at most, and then the last one. */
@ApplicationScoped
class JoinLeaveThrottle {

    /** As often as a room's members hear of it. */
    private static final Duration PERIOD = Duration.ofMillis(100);

    private static final Logger LOG = Logger.getLogger(JoinLeaveThrottle.class);

    private final EventBus bus;
    private final EventLoop loop;

    /** What is to be told next of one kind; nothing, where one was told in this period. */
    private final Map<EventKey, Pending> next = new HashMap<>();

    JoinLeaveThrottle(EventBus bus, Vertx vertx) {
        this.bus = bus;
        this.loop = new EventLoop(vertx);
    }

    private record EventKey(RoomId room, String event) {}

    private static final class Pending {
        @Nullable
        RoomEvent event;
    }

    /** At once, or in its turn unless somebody comes after; answers whether it was at once. */
    Uni<Boolean> tell(RoomId room, RoomEvent event) {
        return Uni.createFrom()
                .emitter(emitter -> loop.run(() -> {
                    EventKey kind = new EventKey(room, event.name());
                    Pending waiting = next.get(kind);
                    if (waiting == null) {
                        publish(kind, event);
                    } else {
                        waiting.event = event;
                    }
                    emitter.complete(waiting == null);
                }));
    }

    private void publish(EventKey kind, RoomEvent event) {
        Pending following = new Pending();
        next.put(kind, following);
        bus.publish(RedisKeys.roomEvents(kind.room), event)
                .subscribe()
                .with(told -> {}, e -> LOG.debugf("a room does not hear who came: %s", e.getMessage()));
        loop.after(PERIOD, () -> {
            if (following.event == null) {
                next.remove(kind);
            } else {
                publish(kind, following.event);
            }
        });
    }
}
