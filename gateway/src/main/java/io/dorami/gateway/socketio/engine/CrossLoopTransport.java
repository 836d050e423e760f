package io.dorami.gateway.socketio.engine;

import io.dorami.gateway.transport.Frame;
import io.dorami.gateway.transport.FrameBatch;
import io.dorami.gateway.transport.Transport;

/**
 * A WebSocket that an upgrade brought, on whatever loop it was accepted. Netty takes writes from every thread in order, and
 * counts them at once; only its word that there is room again must come to the session's loop.
 */
record CrossLoopTransport(Transport socket, SessionLoop home) implements Transport {

    @Override
    public boolean writable() {
        return socket.writable();
    }

    @Override
    public void write(Frame frame) {
        socket.write(frame);
    }

    @Override
    public void write(FrameBatch batch) {
        socket.write(batch);
    }

    @Override
    public void flush() {
        socket.flush();
    }

    @Override
    public void onWritable(Runnable drain) {
        socket.onWritable(() -> home.run(drain));
    }

    @Override
    public void close(int code, String reason) {
        socket.close(code, reason);
    }
}
