package io.dorami.gateway.transport;

import io.smallrye.common.vertx.VertxContext;
import io.vertx.core.Vertx;
import io.vertx.core.impl.ContextInternal;
import java.time.Duration;

/** An event loop. Tasks run there one after the other, so that state used only on the loop needs no lock. */
public final class EventLoop {

    private final Vertx vertx;
    private final ContextInternal context;

    /** Binds to the event loop of the calling thread; on any other thread, to the next event loop in turn. */
    public EventLoop(Vertx vertx) {
        this.vertx = vertx;
        this.context = (ContextInternal) VertxContext.getRootContext(vertx.getOrCreateContext());
    }

    /** Runs the task after all tasks that were added before. */
    public void execute(Runnable task) {
        context.runOnContext(ignored -> task.run());
    }

    /** Runs the task at once if called on the loop, otherwise after all tasks that were added before. */
    public void dispatch(Runnable task) {
        if (context.nettyEventLoop().inEventLoop()) {
            context.dispatch(task);
        } else {
            execute(task);
        }
    }

    /** Runs the task once, after the delay but not sooner than in 1 ms. */
    public void schedule(Duration delay, Runnable task) {
        vertx.setTimer(Math.max(1, delay.toMillis()), timer -> dispatch(task));
    }

    /** Runs the task once in every period. Returns an action that ends this. */
    public Runnable schedulePeriodically(Duration period, Runnable task) {
        long id = vertx.setPeriodic(period.toMillis(), timer -> dispatch(task));
        return () -> vertx.cancelTimer(id);
    }
}
