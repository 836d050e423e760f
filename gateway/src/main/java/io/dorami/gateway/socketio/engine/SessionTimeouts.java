package io.dorami.gateway.socketio.engine;

import io.dorami.gateway.transport.EventLoop;

/** The timeout queues of the sessions on one event loop. */
public final class SessionTimeouts {

    final EventLoop loop;
    final TimeoutQueue pings;
    final TimeoutQueue pongs;
    final TimeoutQueue upgrades;
    public final TimeoutQueue connects;

    SessionTimeouts(EventLoop loop, EngineOptions options) {
        this.loop = loop;
        this.pings = new TimeoutQueue(loop, options.pingInterval());
        this.pongs = new TimeoutQueue(loop, options.pingTimeout());
        this.upgrades = new TimeoutQueue(loop, options.upgradeTimeout());
        this.connects = new TimeoutQueue(loop, options.connectTimeout());
    }
}
