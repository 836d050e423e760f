package io.dorami.gateway.transport;

/** A connection in memory that takes every frame at once and keeps none: for the warm-up and for tests. */
public final class DiscardingTransport implements Transport {

    @Override
    public boolean isWritable() {
        return true;
    }

    @Override
    public void write(Frame frame) {}

    @Override
    public void write(FrameBatch batch) {}

    @Override
    public void flush() {}

    @Override
    public void onWritable(Runnable callback) {}

    @Override
    public void close(int code, String reason) {}
}
