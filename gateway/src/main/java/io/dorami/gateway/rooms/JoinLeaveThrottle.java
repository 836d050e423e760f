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

/** Publishes joins and leaves to rooms, at most ten a second for each room and event, the last one always. */
@ApplicationScoped
class JoinLeaveThrottle {

    /** Minimum period between two published events of one key. */
    private static final Duration PERIOD = Duration.ofMillis(100);

    private static final Logger LOG = Logger.getLogger(JoinLeaveThrottle.class);

    private final EventBus bus;
    private final EventLoop loop;

    /**
     * The event to publish at the end of the period, by key. An entry without an event means that one was published in
     * this period.
     */
    private final Map<EventKey, Pending> pending = new HashMap<>();

    JoinLeaveThrottle(EventBus bus, Vertx vertx) {
        this.bus = bus;
        this.loop = new EventLoop(vertx);
    }

    private record EventKey(RoomId room, String event) {}

    private static final class Pending {
        @Nullable
        RoomEvent event;
    }

    /**
     * Publishes the event at once, or at the end of the period unless a newer event replaces it. Returns true if the
     * event was published at once.
     */
    Uni<Boolean> publish(RoomId room, RoomEvent event) {
        return Uni.createFrom()
                .emitter(emitter -> loop.execute(() -> {
                    EventKey key = new EventKey(room, event.name());
                    Pending current = pending.get(key);
                    if (current == null) {
                        publishNow(key, event);
                    } else {
                        current.event = event;
                    }
                    emitter.complete(current == null);
                }));
    }

    private void publishNow(EventKey key, RoomEvent event) {
        Pending next = new Pending();
        pending.put(key, next);
        bus.publish(RedisKeys.roomKeys(key.room), event)
                .subscribe()
                .with(
                        done -> {},
                        e -> LOG.debugf("Join or leave not published: room=%s reason=%s", key.room, e.getMessage()));
        loop.schedule(PERIOD, () -> {
            if (next.event == null) {
                pending.remove(key);
            } else {
                publishNow(key, next.event);
            }
        });
    }
}
