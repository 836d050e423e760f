package io.dorami.gateway.auth;

import io.dorami.contracts.keys.RoomType;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sliding-window rate limiter for the actions of users on this gateway in the last 10 s. Exact, because it keeps the
 * times of the actions. A user without actions takes no memory after 10 s.
 */
@ApplicationScoped
public class UserRateLimiter {

    /**
     * Actions with their limits per user in 10 s, as in the front end's contract. Joins and leaves count for each room
     * type.
     */
    public enum Action {
        HELLO(10),
        JOIN(10),
        LEAVE(10),
        SEND(20),
        DELETE(20),
        /** Frames that cannot be decoded. A client beyond the limit has a bug or is malicious. */
        MALFORMED(20);

        private final int limit;

        Action(int limit) {
            this.limit = limit;
        }

        /** Returns the message for a client over the limit. */
        public String rejectionMessage() {
            return "Maximum " + limit + " in " + WINDOW.toSeconds() + " s; retry later";
        }
    }

    private static final Duration WINDOW = Duration.ofSeconds(10);

    private static final long SWEEP_INTERVAL_MILLIS = 1_000;

    private final Map<String, SlidingWindow> windows = new ConcurrentHashMap<>();

    /** Times of the last actions, as many as the limit, in a ring buffer. */
    private static final class SlidingWindow {
        private final long[] timestamps;
        private int next;
        private int size;

        SlidingWindow(int limit) {
            this.timestamps = new long[limit];
        }

        synchronized boolean tryAcquire(long now) {
            if (size == timestamps.length && now - timestamps[next] < WINDOW.toNanos()) {
                return false;
            }
            timestamps[next] = now;
            next = (next + 1) % timestamps.length;
            size = Math.min(size + 1, timestamps.length);
            return true;
        }

        synchronized boolean isExpired(long now) {
            return now - timestamps[Math.floorMod(next - 1, timestamps.length)] >= WINDOW.toNanos();
        }
    }

    void start(@Observes StartupEvent event, Vertx vertx) {
        vertx.setPeriodic(SWEEP_INTERVAL_MILLIS, timer -> removeExpired(System.nanoTime()));
    }

    /**
     * Acquires a permit for an action of a participant, counted over all connections to this gateway. Returns false if the
     * limit is reached.
     */
    public boolean tryAcquire(String participant, Action action, RoomType roomType) {
        String key = participant + ' ' + action + ' ' + roomType.label();
        return tryAcquire(key, action.limit, System.nanoTime());
    }

    /**
     * Acquires a permit. Returns false if the limit is reached.
     *
     * @param key the user and the action
     */
    boolean tryAcquire(String key, int limit, long nanoTime) {
        boolean[] acquired = new boolean[1];
        windows.compute(key, (k, window) -> {
            SlidingWindow current = window == null ? new SlidingWindow(limit) : window;
            acquired[0] = current.tryAcquire(nanoTime);
            return current;
        });
        return acquired[0];
    }

    /** Removes the windows without an action in the last 10 s. */
    void removeExpired(long nanoTime) {
        windows.values().removeIf(window -> window.isExpired(nanoTime));
    }

    int size() {
        return windows.size();
    }
}
