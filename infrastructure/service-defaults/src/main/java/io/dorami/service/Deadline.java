package io.dorami.service;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.groups.UniOnTimeout;
import io.vertx.core.Vertx;
import io.vertx.core.impl.ContextInternal;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/**
 * The end of a wait, told by the event loop that waits, or by a thread of its own for those who wait elsewhere. Mutiny's own
 * timer keeps what was cancelled until its time, and then wakes two threads for nothing; and any timer of another thread is
 * woken for each wait.
 */
public final class Deadline {

    private static final ScheduledExecutorService ELSEWHERE = timer();

    private Deadline() {}

    /** What is to become of an answer that does not come within that time, the caller says next. */
    public static <T> UniOnTimeout<T> within(Duration time, Uni<T> answer) {
        return answer.ifNoItem().after(time).on(timerHere());
    }

    private static ScheduledExecutorService timerHere() {
        return Vertx.currentContext() instanceof ContextInternal context
                        && context.nettyEventLoop().inEventLoop()
                ? context.nettyEventLoop()
                : ELSEWHERE;
    }

    private static ScheduledExecutorService timer() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("deadlines").daemon().factory());
        timer.setRemoveOnCancelPolicy(true);
        return timer;
    }
}
