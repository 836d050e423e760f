package io.dorami.gateway.socketio.engine;

import io.dorami.gateway.transport.EventLoop;
import io.dorami.gateway.transport.Frame;
import io.dorami.gateway.transport.FrameBatch;
import io.dorami.gateway.transport.Transport;

/**
 * The WebSocket of an upgraded session, which may have been accepted on another loop than the session's. Netty accepts
 * writes from any thread in order and counts them at once; only the writability callback must move to the session's
 * loop.
 */
record CrossLoopTransport(Transport delegate, EventLoop loop) implements Transport {

    @Override
    public boolean isWritable() {
        return delegate.isWritable();
    }

    @Override
    public void write(Frame frame) {
        delegate.write(frame);
    }

    @Override
    public void write(FrameBatch batch) {
        delegate.write(batch);
    }

    @Override
    public void flush() {
        delegate.flush();
    }

    @Override
    public void onWritable(Runnable callback) {
        delegate.onWritable(() -> loop.dispatch(callback));
    }

    @Override
    public void close(int code, String reason) {
        delegate.close(code, reason);
    }
}
