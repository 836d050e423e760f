package io.dorami.gateway.socketio.engine;

import io.netty.channel.EventLoop;
import io.vertx.core.impl.ContextInternal;
import java.util.concurrent.TimeUnit;

/** An event loop with the timeout queues of its sessions. */
public final class SessionLoop {

    final TimeoutQueue pingTimeouts;
    final TimeoutQueue pongTimeouts;
    final TimeoutQueue upgradeTimeouts;
    public final TimeoutQueue connectTimeouts;

    private final EventLoop eventLoop;
    private final ContextInternal context;

    SessionLoop(ContextInternal context, EngineOptions options) {
        this.eventLoop = context.nettyEventLoop();
        this.context = context;
        this.pingTimeouts = new TimeoutQueue(this, options.pingInterval());
        this.pongTimeouts = new TimeoutQueue(this, options.pingTimeout());
        this.upgradeTimeouts = new TimeoutQueue(this, options.upgradeTimeout());
        this.connectTimeouts = new TimeoutQueue(this, options.connectTimeout());
    }

    /** Runs the task on the loop: at once if called there, otherwise as the loop's next task. */
    void execute(Runnable task) {
        if (eventLoop.inEventLoop()) {
            context.dispatch(task);
        } else {
            context.runOnContext(ignored -> task.run());
        }
    }

    /** Runs the task on the loop after the delay. */
    void schedule(long delayNanos, Runnable task) {
        var unused = eventLoop.schedule(() -> context.dispatch(task), delayNanos, TimeUnit.NANOSECONDS);
    }
}
