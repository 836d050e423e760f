package io.dorami.gateway.socketio.engine;

import io.dorami.gateway.transport.EventLoop;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Timeouts of one duration on one event loop. All have the same duration, so they expire in the order of scheduling.
 * Therefore a linked list and one timer serve any number of connections, and scheduling or cancelling a timeout
 * allocates nothing.
 */
public final class TimeoutQueue {

    /** Delay of the timer, so that one tick serves several timeouts: 20,000 pings in 25 s are 1.6 per tick. */
    private static final Duration TIMER_SLACK = Duration.ofMillis(2);

    private final EventLoop loop;
    private final long durationNanos;

    private @Nullable Timeout first;
    private @Nullable Timeout last;
    private boolean timerArmed;

    TimeoutQueue(EventLoop loop, Duration duration) {
        this.loop = loop;
        this.durationNanos = duration.toNanos();
    }

    /** An action that runs unless cancelled in time. A timeout is in at most one queue. */
    public abstract static class Timeout {
        private @Nullable TimeoutQueue queue;
        private @Nullable Timeout previous;
        private @Nullable Timeout next;
        private long dueNanos;

        /** Runs on the loop of the queue when the timeout expires. */
        public abstract void onTimeout();

        /** Removes the timeout from its queue, if any. */
        public final void cancel() {
            TimeoutQueue current = queue;
            if (current != null) {
                current.remove(this);
            }
        }

        /** Returns true once the timeout is due, even if the timer has not fired yet. */
        final boolean isDue() {
            return queue != null && System.nanoTime() - dueNanos >= 0;
        }
    }

    /** Starts the timeout now, and removes it from any other queue. */
    public void schedule(Timeout timeout) {
        append(timeout, System.nanoTime());
    }

    /** Starts the timeout at the moment when it was due in its previous queue, even if that timer was a little late. */
    void scheduleAfterDue(Timeout timeout) {
        append(timeout, timeout.dueNanos);
    }

    private void append(Timeout timeout, long startNanos) {
        timeout.cancel();
        timeout.queue = this;
        timeout.dueNanos = startNanos + durationNanos;
        timeout.previous = last;
        if (last == null) {
            first = timeout;
        } else {
            last.next = timeout;
        }
        last = timeout;
        armTimer();
    }

    private void remove(Timeout timeout) {
        Timeout previous = timeout.previous;
        Timeout next = timeout.next;
        if (previous == null) {
            first = next;
        } else {
            previous.next = next;
        }
        if (next == null) {
            last = previous;
        } else {
            next.previous = previous;
        }
        timeout.previous = null;
        timeout.next = null;
        timeout.queue = null;
    }

    private void armTimer() {
        if (!timerArmed && first != null) {
            timerArmed = true;
            Duration remaining = Duration.ofNanos(Math.max(0, first.dueNanos - System.nanoTime()));
            loop.schedule(remaining.plus(TIMER_SLACK), () -> {
                timerArmed = false;
                expireDue();
                armTimer();
            });
        }
    }

    private void expireDue() {
        long now = System.nanoTime();
        Timeout next = first;
        while (next != null && now - next.dueNanos >= 0) {
            remove(next);
            next.onTimeout();
            next = first;
        }
    }
}
