package io.dorami.loadtest.run;

import io.dorami.loadtest.measurement.DeliveryTracker;
import io.dorami.loadtest.measurement.RoomTracker;
import io.dorami.loadtest.measurement.RunCounters;
import io.dorami.loadtest.protocol.ByteSearch;
import io.dorami.loadtest.protocol.FrameScanner;
import io.dorami.loadtest.protocol.MessageTag;
import io.dorami.loadtest.protocol.ProtocolClient;
import io.dorami.loadtest.protocol.ReceivedEvent;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** One socket of a run, from its connect to its close. Confined to the load's event loop. */
final class Member extends ChannelInboundHandlerAdapter implements FrameScanner.FrameHandler, ProtocolClient {

    private static final int JOIN_RETRY_MILLIS = 1_000;
    private static final byte[] ERROR_CODE = ByteSearch.ascii("\"errorCode\":\"");
    private static final int NORMAL_CLOSE = 1000;
    private static final int ABNORMAL_CLOSE = 1006;
    private static final int MASK_OR_FIN_BIT = 0x80;
    private static final int MAX_RESPONSE_CHARS = 16 << 10;

    final MemberPool pool;
    final RoomTracker room;
    final String user;
    final boolean sampled;
    final DeliveryTracker deliveries;

    /** Time at which the connect was due. */
    final long dueNanos;

    private final FrameScanner scanner = new FrameScanner(this);
    private final ArrayDeque<Integer> pendingNumbers = new ArrayDeque<>();
    private @Nullable StringBuilder handshake = new StringBuilder();
    private @Nullable Channel channel;
    private long readAt;
    private long joinRequestedAt;
    private final Set<ReceivedEvent> missingJoins;
    private boolean connected;
    private boolean joined;
    private boolean leaving;
    private int closeCode = ABNORMAL_CLOSE;
    private String closeReason = "";

    Member(MemberPool pool, RoomTracker room, String user, boolean sampled, DeliveryTracker deliveries, long dueNanos) {
        this.pool = pool;
        this.room = room;
        this.user = user;
        this.sampled = sampled;
        this.deliveries = deliveries;
        this.dueNanos = dueNanos;
        this.missingJoins = pool.protocol.expectedJoins(pool.isPage());
    }

    @Override
    public String user() {
        return user;
    }

    @Override
    public String roomKey() {
        return room.key;
    }

    @Override
    public String token() {
        return pool.token(user);
    }

    @Override
    public boolean isPage() {
        return pool.isPage();
    }

    boolean isJoined() {
        return joined;
    }

    /** Returns true if the member can send. */
    boolean isPresent() {
        return joined && !leaving && channel != null;
    }

    void leave() {
        leaving = true;
        if (channel != null) {
            writeFrame(FrameScanner.CLOSE, new byte[] {NORMAL_CLOSE >> 8, (byte) NORMAL_CLOSE});
            channel.close();
        }
    }

    /** Stops reading, and stays connected. */
    void stall() {
        leaving = true;
        if (channel != null) {
            channel.config().setAutoRead(false);
        }
    }

    // ---- callbacks of the protocol

    @Override
    public void onConnected() {
        if (!connected) {
            connected = true;
            joinRequestedAt = System.nanoTime();
            pool.counters.connect.recordValue(RunCounters.micros(joinRequestedAt - dueNanos));
            join();
        }
    }

    /** Retries once per second until joined, as the web client does, because a busy server may reject a join. */
    private void join() {
        if (!joined && !leaving && channel != null) {
            pool.protocol.join(this);
            pool.schedule(this::join, JOIN_RETRY_MILLIS);
        }
    }

    @Override
    public Set<ReceivedEvent> missingJoins() {
        return Set.copyOf(missingJoins);
    }

    @Override
    public void onMessage(ByteBuf frame, int start, int end) {
        int tag = MessageTag.find(frame, start, end);
        if (tag < 0) {
            pool.counters.stray++;
            return;
        }
        room.onMessage(deliveries, sampled, frame, tag, readAt);
        if (sampled && !ByteSearch.text(frame, start, end).contains(room.text(MessageTag.number(frame, tag)))) {
            pool.counters.corrupted++;
        }
    }

    @Override
    public void onAccepted(int number) {
        Integer oldest = pendingNumbers.poll();
        room.recordAccepted(number == OLDEST && oldest != null ? oldest : number);
    }

    @Override
    public void onRejected(String reason) {
        pendingNumbers.poll();
        pool.counters.rejected++;
        pool.recordProblem(reason);
    }

    @Override
    public void onEvent(ReceivedEvent event, ByteBuf frame, int start, int end) {
        pool.counters.recordEvent(event);
        switch (event) {
            case HISTORY -> room.onHistory(deliveries, frame, start, end);
            case CHAT_JOINED, STREAM_JOINED, SHOP_JOINED -> onJoined(event);
            case ERROR -> onError(ByteSearch.quotedValue(frame, start, end, ERROR_CODE));
            case MESSAGE -> onMessage(frame, start, end);
            case VIEWERS -> pool.onViewerCount(this, frame, start, end);
            case PRODUCT_UPDATED, LOW_STOCK, SOLD_OUT -> pool.onProductEvent(this, event, frame, start, end, readAt);
            default -> {}
        }
    }

    private void onError(String code) {
        if (joined) {
            onRejected(code);
        } else {
            pool.recordProblem("join: " + code);
        }
    }

    @Override
    public void onJoined(ReceivedEvent success) {
        missingJoins.remove(success);
        if (missingJoins.isEmpty() && !joined) {
            joined = true;
            pool.counters.join.recordValue(RunCounters.micros(readAt - joinRequestedAt));
            pool.onJoined(this);
        }
    }

    void sendMessage(int number) {
        pendingNumbers.add(number);
        pool.protocol.sendMessage(this, number, room.text(number));
    }

    @Override
    public void write(String text) {
        writeFrame(FrameScanner.TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    private void writeFrame(int opcode, byte[] payload) {
        Channel open = channel;
        if (open == null) {
            return;
        }
        ByteBuf out = open.alloc().buffer(payload.length + 14);
        out.writeByte(MASK_OR_FIN_BIT | opcode);
        if (payload.length < 126) {
            out.writeByte(MASK_OR_FIN_BIT | payload.length);
        } else {
            out.writeByte(MASK_OR_FIN_BIT | 126).writeShort(payload.length); // no payload exceeds 64 KB
        }
        int mask = ThreadLocalRandom.current().nextInt();
        out.writeInt(mask);
        for (int i = 0; i < payload.length; i++) {
            out.writeByte(payload[i] ^ mask >> 8 * (3 - i % 4));
        }
        open.writeAndFlush(out, open.voidPromise());
    }

    // ---- the socket

    @Override
    public void channelActive(ChannelHandlerContext context) {
        channel = context.channel();
        String request = "GET " + pool.protocol.path(room.key) + " HTTP/1.1\r\nHost: " + pool.host()
                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: ZG9yYW1pLWxvYWQtdGVzdA==\r\nSec-WebSocket-Version: 13\r\n\r\n";
        context.writeAndFlush(Unpooled.copiedBuffer(request, StandardCharsets.US_ASCII));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        readAt = System.nanoTime();
        ByteBuf bytes = (ByteBuf) message;
        if (handshake == null || readHandshake(bytes, handshake)) {
            scanner.read(context.alloc(), bytes);
        } else {
            bytes.release();
        }
    }

    /** Reads the HTTP response. Returns true when it is complete; the remaining bytes are frames. */
    private boolean readHandshake(ByteBuf bytes, StringBuilder response) {
        while (bytes.isReadable()) {
            response.append((char) bytes.readByte());
            if (response.length() > MAX_RESPONSE_CHARS) {
                break;
            }
            if (response.length() >= 4 && response.indexOf("\r\n\r\n", response.length() - 4) >= 0) {
                if (response.indexOf("HTTP/1.1 101") == 0) {
                    handshake = null;
                    pool.protocol.onOpen(this);
                    return true;
                }
                closeReason = response.substring(0, response.indexOf("\r\n"));
                bytes.skipBytes(bytes.readableBytes());
                if (channel != null) {
                    channel.close();
                }
            }
        }
        return false;
    }

    @Override
    public void onFrame(int opcode, ByteBuf bytes, int start, int length) {
        switch (opcode) {
            case FrameScanner.TEXT -> pool.protocol.onText(this, bytes, start, start + length);
            case FrameScanner.PING -> {
                byte[] payload = new byte[length];
                bytes.getBytes(start, payload);
                writeFrame(FrameScanner.PONG, payload);
            }
            case FrameScanner.CLOSE -> {
                closeCode = length >= 2 ? bytes.getUnsignedShort(start) : NORMAL_CLOSE;
                if (channel != null) {
                    channel.close();
                }
            }
            default -> {} // pong
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        scanner.release();
        channel = null;
        if (!leaving) {
            pool.onDisconnected(this, closeReason.isEmpty() ? "closed with " + closeCode : closeReason);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)) {
            pool.fail(cause);
        }
        closeReason = String.valueOf(cause.getMessage());
        context.close();
    }

    void onConnectFailed(Throwable cause) {
        pool.onDisconnected(this, String.valueOf(cause.getMessage()));
    }
}
