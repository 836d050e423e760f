package io.dorami.gateway.socketio.engine;

import io.netty.channel.EventLoop;
import io.vertx.core.impl.ContextInternal;
import java.util.concurrent.TimeUnit;

/** An event loop, and the deadlines of the sessions that live on it. */
public final class SessionLoop {

    final TimeoutQueue pings;
    final TimeoutQueue pongs;
    final TimeoutQueue upgrades;
    public final TimeoutQueue connects;

    private final EventLoop thread;
    private final ContextInternal context;

    SessionLoop(ContextInternal context, EngineOptions options) {
        this.thread = context.nettyEventLoop();
        this.context = context;
        this.pings = new TimeoutQueue(this, options.pingInterval());
        this.pongs = new TimeoutQueue(this, options.pingTimeout());
        this.upgrades = new TimeoutQueue(this, options.upgradeTimeout());
        this.connects = new TimeoutQueue(this, options.connectTimeout());
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
