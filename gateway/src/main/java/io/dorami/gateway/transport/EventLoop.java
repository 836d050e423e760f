package io.dorami.gateway.transport;

import io.smallrye.common.vertx.VertxContext;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;

/** One event loop: what it is given runs there, one after the other, so what is touched only there needs no lock. */
public final class EventLoop {

    private final Vertx vertx;
    private final Context context;

    /** The event loop that this is called on; elsewhere the next one in turn. */
    public EventLoop(Vertx vertx) {
        this.vertx = vertx;
        this.context = VertxContext.getRootContext(vertx.getOrCreateContext());
    }

    /** Runs the work after what was given before it. */
    public void run(Runnable work) {
        context.runOnContext(ignored -> work.run());
    }

    /** Runs the work once, in at least 1 ms. */
    public void after(Duration delay, Runnable work) {
        vertx.setTimer(Math.max(1, delay.toMillis()), timer -> run(work));
    }

    /** Runs the work again and again. */
    public void every(Duration period, Runnable work) {
        vertx.setPeriodic(period.toMillis(), timer -> run(work));
    }
}
