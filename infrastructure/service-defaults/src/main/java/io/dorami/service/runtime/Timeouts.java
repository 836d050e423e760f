package io.dorami.service.runtime;

import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.groups.UniOnTimeout;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.impl.ContextInternal;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/**
 * Timeouts on the caller's event loop, or on a dedicated thread for callers outside of an event loop. Mutiny's own
 * timer keeps cancelled timeouts until they expire and then wakes two threads for nothing, and a timer on another
 * thread is woken for each wait.
 */
public final class Timeouts {

    private static final ScheduledExecutorService TIMER = timer();

    private Timeouts() {}

    /** Fails with a {@link TimeoutException} if the result does not arrive within the timeout. */
    public static <T> Uni<T> failAfter(Duration timeout, Uni<T> result) {
        UniOnTimeout<T> waiting = result.ifNoItem().after(timeout);
        if (Vertx.currentContext() instanceof ContextInternal context
                && context.nettyEventLoop().inEventLoop()) {
            return waiting.on(context.nettyEventLoop()).recoverWithUni(() -> failOn(context));
        }
        return waiting.on(TIMER).fail();
    }

    /** Fails on the context, because the event loop's timer would lose it and the request's data, such as the user. */
    private static <T> Uni<T> failOn(Context context) {
        return Uni.createFrom()
                .<T>failure(new TimeoutException())
                .emitOn(task -> context.runOnContext(none -> task.run()));
    }

    private static ScheduledExecutorService timer() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("timeouts").daemon().factory());
        timer.setRemoveOnCancelPolicy(true);
        return timer;
    }
}
