package io.dorami.gateway.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.handler.timeout.IdleStateHandler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket as a channel of Netty. The one class that goes past Vert.x: whole frames are written to the channel without
 * another encoding, a shared buffer for all receivers. Vert.x does not count these writes, so they are held back here by
 * the channel's own mark.
 */
public final class WebSocketChannel extends ChannelInboundHandlerAdapter implements Transport {

    /** Closes the WebSocket in the order of what was written: Vert.x's or Quarkus' own close. */
    @FunctionalInterface
    public interface Closing {
        void close(int code, String reason);
    }

    /** Frames put together for one write. Beyond it another one begins, so that no buffer grows without bound. */
    private static final int GATHER = 64 * 1_024;

    /**
     * What the kernel takes beyond what is on its way to the client. Without this bound it takes some 4 MB for one that does
     * not read, and drops nothing of it.
     */
    private static final long UNSENT = 128 * 1_024;

    /** A client that does not read does not answer a close either; then the connection ends without it. */
    private static final int CLOSE_SECONDS = 5;

    private static final Runnable NOBODY = () -> {};

    private final ChannelHandlerContext context;
    private final Closing closing;
    private Runnable drain = NOBODY;
    private @Nullable ByteBuf gathered;

    /**
     * Takes the channel of a connection that is, or is about to be, a WebSocket. To be called on its event loop.
     *
     * @param connection what a request of Vert.x answers to {@code connection()}
     * @throws IllegalStateException where the connection is of a kind that frames cannot be written to
     */
    public WebSocketChannel(HttpConnection connection, Closing closing) {
        if (!(connection instanceof HttpServerConnection server)) {
            throw new IllegalStateException("Not a connection of Vert.x' server: " + connection.getClass());
        }
        this.context = server.channelHandlerContext();
        this.closing = closing;
        context.channel().config().setOption(EpollChannelOption.TCP_NOTSENT_LOWAT, UNSENT); // ignored without epoll
        ChannelPipeline pipeline = context.pipeline();
        if (pipeline.get(IdleStateHandler.class) != null) {
            // It would give each write a promise and a listener; who is gone is told by pings, and by the outbox.
            pipeline.remove(IdleStateHandler.class);
        }
        pipeline.addBefore(context.name(), null, this);
    }

    /**
     * To be called when the gateway starts, so that an update of Vert.x which takes away what is needed here, or a setting
     * which compresses each message and makes shared frames wrong, is found then.
     *
     * @param compression whether the server offers permessage-deflate
     */
    public static void check(boolean compression) {
        if (compression) {
            throw new IllegalStateException("Shared frames cannot be compressed: switch permessage-deflate off");
        }
        try {
            HttpServerConnection.class.getMethod("channelHandlerContext");
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("This Vert.x gives no access to its channels", e);
        }
    }

    @Override
    public boolean writable() {
        return context.channel().isWritable() && (gathered == null || gathered.readableBytes() < GATHER);
    }

    @Override
    public void write(Frame frame) {
        ByteBuf buffer = gathered;
        if (buffer == null) {
            buffer = context.alloc().directBuffer(Math.max(frame.size(), 512));
            gathered = buffer;
        }
        buffer.writeBytes(frame.bytes());
    }

    @Override
    public void write(FrameBatch batch) {
        writeGathered();
        write(batch.share());
    }

    @Override
    public void flush() {
        writeGathered();
        context.flush();
    }

    @Override
    public void onWritable(Runnable drain) {
        this.drain = drain;
    }

    @Override
    public void close(int code, String reason) {
        flush();
        closing.close(code, reason);
        var unused = context.executor().schedule(() -> context.channel().close(), CLOSE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext changed) throws Exception {
        if (changed.channel().isWritable()) {
            drain.run();
        }
        super.channelWritabilityChanged(changed);
    }

    private void writeGathered() {
        if (gathered != null) {
            write(gathered);
            gathered = null;
        }
    }

    private void write(ByteBuf buffer) {
        // A failure is the channel's, not the frame's: it is reported to the pipeline, and Vert.x closes the
        // connection.
        context.write(buffer, context.voidPromise());
    }
}
