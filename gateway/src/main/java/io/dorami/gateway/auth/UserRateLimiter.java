package io.dorami.gateway.auth;

import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How often somebody did something in the last 10 s, on this gateway. Exact: it remembers the moments. One who does
 * nothing costs nothing after 10 s.
 */
@ApplicationScoped
public class UserRateLimiter {

    /** What a user may do so often in 10 s; joins and leaves in each channel. As in the front end's contract. */
    public enum Action {
        HELLO(10),
        JOIN(10),
        LEAVE(10),
        SEND(20),
        DELETE(20),
        /** What cannot be read: beyond it the client has a bug or means harm. */
        MALFORMED(20);

        private final int limit;

        Action(int limit) {
            this.limit = limit;
        }

        int limit() {
            return limit;
        }

        /** What a client is told that did it more often. */
        public String refusal() {
            return "No more than " + limit + " in " + WINDOW.toSeconds() + " s";
        }
    }

    private static final Duration WINDOW = Duration.ofSeconds(10);

    private static final long SWEEP_MILLIS = 1_000;

    private final Map<String, SlidingWindow> all = new ConcurrentHashMap<>();

    /** As many of the last moments as there may be, in a ring. */
    private static final class SlidingWindow {
        private final long[] ring;
        private int next;
        private int known;

        SlidingWindow(int limit) {
            this.ring = new long[limit];
        }

        synchronized boolean take(long now) {
            if (known == ring.length && now - ring[next] < WINDOW.toNanos()) {
                return false;
            }
            ring[next] = now;
            next = (next + 1) % ring.length;
            known = Math.min(known + 1, ring.length);
            return true;
        }

        synchronized boolean isOver(long now) {
            return now - ring[Math.floorMod(next - 1, ring.length)] >= WINDOW.toNanos();
        }
    }

    void start(@Observes StartupEvent event, Vertx vertx) {
        vertx.setPeriodic(SWEEP_MILLIS, timer -> sweep(System.nanoTime()));
    }

    /**
     * Whether it may be done once more; then it counts.
     *
     * @param what by whom, and what it is
     */
    boolean take(String what, int limit, long nanoTime) {
        boolean[] taken = new boolean[1];
        all.compute(what, (key, moments) -> {
            SlidingWindow present = moments == null ? new SlidingWindow(limit) : moments;
            taken[0] = present.take(nanoTime);
            return present;
        });
        return taken[0];
    }

    /** Forgets those who did nothing in the last 10 s. */
    void sweep(long nanoTime) {
        all.values().removeIf(moments -> moments.isOver(nanoTime));
    }

    int size() {
        return all.size();
    }
}
