package io.dorami.gateway.socketio;

import io.netty.channel.EventLoop;
import io.vertx.core.impl.ContextInternal;
import java.util.concurrent.TimeUnit;

/** An event loop, and the deadlines of the sessions that live on it. */
final class Loop {

    final Deadlines pings;
    final Deadlines pongs;
    final Deadlines upgrades;
    final Deadlines connects;

    private final EventLoop thread;
    private final ContextInternal context;

    Loop(ContextInternal context, EngineOptions options) {
        this.thread = context.nettyEventLoop();
        this.context = context;
        this.pings = new Deadlines(this, options.pingInterval());
        this.pongs = new Deadlines(this, options.pingTimeout());
        this.upgrades = new Deadlines(this, options.upgradeTimeout());
        this.connects = new Deadlines(this, options.connectTimeout());
    }

    /** Now if this is the loop, else there. */
    void run(Runnable work) {
        if (thread.inEventLoop()) {
            context.dispatch(work);
        } else {
            context.runOnContext(ignored -> work.run());
        }
    }

    /** There, after so many nanoseconds. */
    void runLater(long nanos, Runnable work) {
        var unused = thread.schedule(() -> context.dispatch(work), nanos, TimeUnit.NANOSECONDS);
    }
}
