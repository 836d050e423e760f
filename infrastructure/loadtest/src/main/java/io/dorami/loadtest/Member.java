package io.dorami.loadtest;

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

/** One socket of an audience, from its connect to its close. Lives on the load's event loop. */
final class Member extends ChannelInboundHandlerAdapter implements FrameScanner.Sink {

    /** The number of an answer that names none. */
    static final int OLDEST = -1;

    private static final int JOIN_AGAIN_MILLIS = 1_000;
    private static final byte[] ERROR_CODE = ByteSearch.ascii("\"errorCode\":\"");
    private static final int NORMAL_CLOSE = 1000;
    private static final int GONE = 1006;
    private static final int MASKED = 0x80;
    private static final int LONGEST_ANSWER = 16 << 10;

    final Audience audience;
    final Room room;
    final String user;
    final boolean sampled;
    final Ledger ledger;

    /** When it should have begun to connect, and when it really asked to join. */
    final long intended;

    private final FrameScanner scanner = new FrameScanner(this);
    private final ArrayDeque<Integer> unanswered = new ArrayDeque<>();
    private @Nullable StringBuilder handshake = new StringBuilder();
    private @Nullable Channel channel;
    private long now;
    private long asked;
    private final Set<ReceivedEvent> missing;
    private boolean connected;
    private boolean joined;
    private boolean leaving;
    private int closeCode = GONE;
    private String reason = "";

    Member(Audience audience, Room room, String user, boolean sampled, Ledger ledger, long intended) {
        this.audience = audience;
        this.room = room;
        this.user = user;
        this.sampled = sampled;
        this.ledger = ledger;
        this.intended = intended;
        this.missing = audience.wire.joins(audience.page());
    }

    String token() {
        return audience.token(user);
    }

    /** Whether it is in the stream's three rooms, as the page is. */
    boolean page() {
        return audience.page();
    }

    boolean joined() {
        return joined;
    }

    /** It can speak. */
    boolean present() {
        return joined && !leaving && channel != null;
    }

    void leave() {
        leaving = true;
        if (channel != null) {
            frame(FrameScanner.CLOSE, new byte[] {NORMAL_CLOSE >> 8, (byte) NORMAL_CLOSE});
            channel.close();
        }
    }

    /** Stays connected and reads no more. */
    void stall() {
        leaving = true;
        if (channel != null) {
            channel.config().setAutoRead(false);
        }
    }

    // ---- what the wire says of it

    /** The server knows who it is. */
    void connected() {
        if (!connected) {
            connected = true;
            asked = System.nanoTime();
            audience.tally.connect.recordValue(RunCounters.micros(asked - intended));
            join();
        }
    }

    /** Asks again once a second until it is in, as the web client does: a busy server may refuse a join for now. */
    private void join() {
        if (!joined && !leaving && channel != null) {
            audience.wire.join(this);
            audience.later(this::join, JOIN_AGAIN_MILLIS);
        }
    }

    /** The rooms that it is not in yet, by what they will answer. */
    Set<ReceivedEvent> missing() {
        return Set.copyOf(missing);
    }

    /** A chat message came. */
    void message(ByteBuf frame, int start, int end) {
        int marker = MessageTag.find(frame, start, end);
        if (marker < 0) {
            audience.tally.stray++;
            return;
        }
        room.heard(ledger, sampled, frame, marker, now);
        if (sampled && !ByteSearch.text(frame, start, end).contains(room.text(MessageTag.number(frame, marker)))) {
            audience.tally.corrupted++;
        }
    }

    /** Its own message is accepted. */
    void accepted(int number) {
        Integer oldest = unanswered.poll();
        room.accepted(number == OLDEST && oldest != null ? oldest : number);
    }

    void refused(String why) {
        unanswered.poll();
        audience.tally.refused++;
        audience.trouble(why);
    }

    void event(ReceivedEvent event, ByteBuf frame, int start, int end) {
        audience.tally.heard(event);
        switch (event) {
            case HISTORY -> room.history(ledger, frame, start, end);
            case CHAT_JOINED, STREAM_JOINED, SHOP_JOINED -> joined(event);
            case ERROR -> error(ByteSearch.value(frame, start, end, ERROR_CODE));
            case MESSAGE -> message(frame, start, end);
            case VIEWERS -> audience.viewers(this, frame, start, end);
            case PRODUCT_UPDATED, LOW_STOCK, SOLD_OUT -> audience.product(this, event, frame, start, end, now);
            default -> {}
        }
    }

    private void error(String code) {
        if (joined) {
            refused(code);
        } else {
            audience.trouble("join: " + code);
        }
    }

    void joined(ReceivedEvent answer) {
        missing.remove(answer);
        if (missing.isEmpty() && !joined) {
            joined = true;
            audience.tally.join.recordValue(RunCounters.micros(now - asked));
            audience.joined(this);
        }
    }

    void say(int number) {
        unanswered.add(number);
        audience.wire.say(this, number, room.text(number));
    }

    void write(String text) {
        frame(FrameScanner.TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    private void frame(int opcode, byte[] payload) {
        Channel open = channel;
        if (open == null) {
            return;
        }
        ByteBuf out = open.alloc().buffer(payload.length + 14);
        out.writeByte(MASKED | opcode);
        if (payload.length < 126) {
            out.writeByte(MASKED | payload.length);
        } else {
            out.writeByte(MASKED | 126).writeShort(payload.length); // nothing here is longer than 64 KB
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
        String request = "GET " + audience.wire.path(room) + " HTTP/1.1\r\nHost: " + audience.host()
                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: ZG9yYW1pLWxvYWQtdGVzdA==\r\nSec-WebSocket-Version: 13\r\n\r\n";
        context.writeAndFlush(Unpooled.copiedBuffer(request, StandardCharsets.US_ASCII));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        now = System.nanoTime();
        ByteBuf bytes = (ByteBuf) message;
        if (handshake == null || upgraded(bytes, handshake)) {
            scanner.take(context.alloc(), bytes);
        } else {
            bytes.release();
        }
    }

    /** Whether the handshake is over; then the bytes are at the first frame. */
    private boolean upgraded(ByteBuf bytes, StringBuilder answer) {
        while (bytes.isReadable()) {
            answer.append((char) bytes.readByte());
            if (answer.length() > LONGEST_ANSWER) {
                break;
            }
            if (answer.length() >= 4 && answer.indexOf("\r\n\r\n", answer.length() - 4) >= 0) {
                if (answer.indexOf("HTTP/1.1 101") == 0) {
                    handshake = null;
                    audience.wire.opened(this);
                    return true;
                }
                reason = answer.substring(0, answer.indexOf("\r\n"));
                bytes.skipBytes(bytes.readableBytes());
                if (channel != null) {
                    channel.close();
                }
            }
        }
        return false;
    }

    @Override
    public void frame(int opcode, ByteBuf bytes, int start, int length) {
        switch (opcode) {
            case FrameScanner.TEXT -> audience.wire.text(this, bytes, start, start + length);
            case FrameScanner.PING -> {
                byte[] payload = new byte[length];
                bytes.getBytes(start, payload);
                frame(0xA, payload);
            }
            case FrameScanner.CLOSE -> {
                closeCode = length >= 2 ? bytes.getUnsignedShort(start) : NORMAL_CLOSE;
                if (channel != null) {
                    channel.close();
                }
            }
            default -> {} // a pong
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        scanner.release();
        channel = null;
        if (!leaving) {
            audience.lost(this, reason.isEmpty() ? "closed with " + closeCode : reason);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)) {
            audience.failed(cause);
        }
        reason = String.valueOf(cause.getMessage());
        context.close();
    }

    void notConnected(Throwable cause) {
        audience.lost(this, String.valueOf(cause.getMessage()));
    }
}
