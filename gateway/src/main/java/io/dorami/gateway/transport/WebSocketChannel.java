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
 * A WebSocket as a Netty channel. The only class that bypasses Vert.x: it writes encoded frames directly to the
 * channel, so that all receivers share one buffer. Vert.x does not count these writes, so back-pressure follows the
 * channel's own write-buffer water mark.
 */
public final class WebSocketChannel extends ChannelInboundHandlerAdapter implements Transport {

    /** The close method of Vert.x or Quarkus, which sends the close frame after everything that was written before. */
    @FunctionalInterface
    public interface CloseAction {
        void close(int code, String reason);
    }

    /**
     * Bytes gathered for one write. A larger amount is split into several writes, so that no buffer grows unbounded.
     */
    private static final int MAX_GATHERED_BYTES = 64 * 1_024;

    /**
     * Bytes that the kernel buffers beyond those in flight to the client. Without this limit the kernel takes about 4
     * MB for a client that does not read, and drops none of it.
     */
    private static final long MAX_UNSENT_BYTES = 128 * 1_024;

    /**
     * Time for the client's close frame. A client that does not read never sends one, so the connection is then cut.
     */
    private static final int CLOSE_TIMEOUT_SECONDS = 3;

    private static final Runnable NO_OP = () -> {};

    private final ChannelHandlerContext context;
    private final CloseAction closeAction;
    private Runnable writableCallback = NO_OP;
    private @Nullable ByteBuf gathered;

    /**
     * Attaches to the channel of a connection that is, or is about to become, a WebSocket. Call on its event loop.
     *
     * @param connection result of {@code connection()} of a Vert.x request
     * @throws IllegalStateException if frames cannot be written to this kind of connection
     */
    public WebSocketChannel(HttpConnection connection, CloseAction closeAction) {
        if (!(connection instanceof HttpServerConnection server)) {
            throw new IllegalStateException("Not a Vert.x server connection: " + connection.getClass());
        }
        this.context = server.channelHandlerContext();
        this.closeAction = closeAction;
        // Ignored without epoll.
        context.channel().config().setOption(EpollChannelOption.TCP_NOTSENT_LOWAT, MAX_UNSENT_BYTES);
        ChannelPipeline pipeline = context.pipeline();
        if (pipeline.get(IdleStateHandler.class) != null) {
            // It would add a promise and a listener to each write. Pings and the send queue detect dead clients.
            pipeline.remove(IdleStateHandler.class);
        }
        pipeline.addBefore(context.name(), null, this);
    }

    /**
     * Checks at startup that this class can work. Fails early if an update of Vert.x removed the access to the channel,
     * or if a setting compresses each message, which makes shared frames invalid.
     *
     * @param compressionEnabled true if the server offers permessage-deflate
     */
    public static void verifySupport(boolean compressionEnabled) {
        if (compressionEnabled) {
            throw new IllegalStateException("Shared frames cannot be compressed: disable permessage-deflate");
        }
        try {
            HttpServerConnection.class.getMethod("channelHandlerContext");
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("This version of Vert.x gives no access to its channels", e);
        }
    }

    @Override
    public boolean isWritable() {
        return context.channel().isWritable() && (gathered == null || gathered.readableBytes() < MAX_GATHERED_BYTES);
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
        write(batch.retainedBuffer());
    }

    @Override
    public void flush() {
        writeGathered();
        context.flush();
    }

    @Override
    public void onWritable(Runnable callback) {
        this.writableCallback = callback;
    }

    @Override
    public void close(int code, String reason) {
        flush();
        closeAction.close(code, reason);
        var unused =
                context.executor().schedule(() -> context.channel().close(), CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext channelContext) throws Exception {
        if (channelContext.channel().isWritable()) {
            writableCallback.run();
        }
        super.channelWritabilityChanged(channelContext);
    }

    private void writeGathered() {
        if (gathered != null) {
            write(gathered);
            gathered = null;
        }
    }

    private void write(ByteBuf buffer) {
        // A failed write means a broken channel: the void promise reports it to the pipeline, and Vert.x closes the
        // connection.
        context.write(buffer, context.voidPromise());
    }
}
