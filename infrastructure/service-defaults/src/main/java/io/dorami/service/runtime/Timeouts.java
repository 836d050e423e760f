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
 * The end of a wait, told by the event loop that waits, or by a thread of its own for those who wait elsewhere. Mutiny's own
 * timer keeps what was cancelled until its time, and then wakes two threads for nothing; and any timer of another thread is
 * woken for each wait.
 */
public final class Timeouts {

    private static final ScheduledExecutorService ELSEWHERE = timer();

    private Timeouts() {}

    /** The answer, or a {@link TimeoutException} where it does not come within that time. */
    public static <T> Uni<T> within(Duration time, Uni<T> answer) {
        UniOnTimeout<T> waiting = answer.ifNoItem().after(time);
        if (Vertx.currentContext() instanceof ContextInternal context
                && context.nettyEventLoop().inEventLoop()) {
            return waiting.on(context.nettyEventLoop()).recoverWithUni(() -> late(context));
        }
        return waiting.on(ELSEWHERE).fail();
    }

    /** The loop's timer knows nothing of the context, and with it goes what belongs to a request: its user, for one. */
    private static <T> Uni<T> late(Context context) {
        return Uni.createFrom()
                .<T>failure(new TimeoutException())
                .emitOn(end -> context.runOnContext(here -> end.run()));
    }

    private static ScheduledExecutorService timer() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("deadlines").daemon().factory());
        timer.setRemoveOnCancelPolicy(true);
        return timer;
    }
}
