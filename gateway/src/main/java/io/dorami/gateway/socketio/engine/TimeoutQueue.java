package io.dorami.gateway.socketio.engine;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Deadlines of one length on one event loop. As all are equally long they fall due in the order in which they were set, so
 * a linked list and one timer do for any number of connections, and setting or lifting one allocates nothing.
 */
public final class TimeoutQueue {

    /** The timer may be late by this, and so serves several at once: 20,000 pings in 25 s are 1.6 to a tick. */
    private static final long TOGETHER = TimeUnit.MILLISECONDS.toNanos(2);

    private final SessionLoop loop;
    private final long nanos;

    private @Nullable Timeout first;
    private @Nullable Timeout last;
    private boolean armed;

    TimeoutQueue(SessionLoop loop, Duration length) {
        this.loop = loop;
        this.nanos = length.toNanos();
    }

    /** Something that happens unless it is lifted in time; in one list at a time. */
    public abstract static class Timeout {
        private @Nullable TimeoutQueue list;
        private @Nullable Timeout before;
        private @Nullable Timeout after;
        private long due;

        /** On the list's loop. */
        public abstract void missed();

        /** It does not happen any more. */
        public final void lift() {
            TimeoutQueue from = list;
            if (from != null) {
                from.remove(this);
            }
        }

        /** Whether the moment has come, though the timer may be a little late. */
        final boolean due() {
            return list != null && System.nanoTime() - due >= 0;
        }
    }

    /** From now on; lifts it from where it stood. */
    public void set(Timeout deadline) {
        append(deadline, System.nanoTime());
    }

    /** From the moment on at which it was due in another list, also where it was called a little late. */
    void follow(Timeout deadline) {
        append(deadline, deadline.due);
    }

    private void append(Timeout deadline, long from) {
        deadline.lift();
        deadline.list = this;
        deadline.due = from + nanos;
        deadline.before = last;
        if (last == null) {
            first = deadline;
        } else {
            last.after = deadline;
        }
        last = deadline;
        arm();
    }

    private void remove(Timeout deadline) {
        Timeout before = deadline.before;
        Timeout after = deadline.after;
        if (before == null) {
            first = after;
        } else {
            before.after = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.before = before;
        }
        deadline.before = null;
        deadline.after = null;
        deadline.list = null;
    }

    private void arm() {
        if (!armed && first != null) {
            armed = true;
            loop.runLater(Math.max(0, first.due - System.nanoTime()) + TOGETHER, () -> {
                armed = false;
                fire();
                arm();
            });
        }
    }

    private void fire() {
        long now = System.nanoTime();
        Timeout next = first;
        while (next != null && now - next.due >= 0) {
            remove(next);
            next.missed();
            next = first;
        }
    }
}
