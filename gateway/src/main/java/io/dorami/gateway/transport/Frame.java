package io.dorami.gateway.transport;

import io.dorami.contracts.events.Delivery;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A message to clients, encoded once as a complete WebSocket frame and shared by all receivers. Immutable. */
public final class Frame {

    /** First byte of a final text frame (RFC 6455, 5.2). A server does not mask its frames. */
    private static final int FINAL_TEXT = 0x81;

    private static final int FINAL_BINARY = 0x82;
    private static final int LENGTH_16_BIT = 126;
    private static final int LENGTH_64_BIT = 127;

    private final byte[] bytes;
    private final int headerLength;
    private final Delivery delivery;
    private final @Nullable String topic;
    private final String event;

    private Frame(int opcode, Delivery delivery, @Nullable String topic, String event, byte[] payload) {
        int length = payload.length;
        this.headerLength = length < LENGTH_16_BIT ? 2 : length <= 0xFFFF ? 4 : 10;
        this.bytes = new byte[headerLength + length];
        this.delivery = delivery;
        this.topic = topic;
        this.event = event;
        bytes[0] = (byte) opcode;
        bytes[1] = (byte) (headerLength == 2 ? length : headerLength == 4 ? LENGTH_16_BIT : LENGTH_64_BIT);
        for (int i = headerLength - 1, remaining = length; i > 1; i--, remaining >>>= 8) {
            bytes[i] = (byte) remaining;
        }
        System.arraycopy(payload, 0, bytes, headerLength, length);
    }

    /**
     * Encodes an event.
     *
     * @param topic subject of the event, such as a room; null if the event concerns the connection
     * @param event name of the event: of {@link Delivery#CONFLATED} frames with the same topic and name only the newest
     *     matters
     */
    public static Frame text(Delivery delivery, @Nullable String topic, String event, String payload) {
        return new Frame(FINAL_TEXT, delivery, topic, event, payload.getBytes(StandardCharsets.UTF_8));
    }

    /** Encodes a text message of the protocol itself, which is never dropped. */
    public static Frame text(String payload) {
        return text(Delivery.RELIABLE, null, "", payload);
    }

    /** Encodes bytes of the protocol itself, such as an attachment, which are never dropped. */
    public static Frame binary(byte[] payload) {
        return new Frame(FINAL_BINARY, Delivery.RELIABLE, null, "", payload);
    }

    Delivery delivery() {
        return delivery;
    }

    /** Subject of the event; null if the event concerns the connection. */
    @Nullable
    String topic() {
        return topic;
    }

    public boolean isBinary() {
        return bytes[0] == (byte) FINAL_BINARY;
    }

    /** Size in bytes on a WebSocket, including the frame header. */
    int size() {
        return bytes.length;
    }

    /** Bytes of the WebSocket frame. Callers must not modify them. */
    byte[] bytes() {
        return bytes;
    }

    /** Size of the message in bytes, without the frame header. */
    int payloadSize() {
        return bytes.length - headerLength;
    }

    /** Message as text, for a transport with its own framing. */
    public String payload() {
        return new String(bytes, headerLength, payloadSize(), StandardCharsets.UTF_8);
    }

    /** Message as bytes, for a transport with its own framing. */
    public byte[] payloadBytes() {
        byte[] payload = new byte[payloadSize()];
        System.arraycopy(bytes, headerLength, payload, 0, payload.length);
        return payload;
    }

    /** Returns true if this frame makes the older one obsolete. */
    boolean canReplace(Frame older) {
        return delivery == Delivery.CONFLATED
                && older.delivery == Delivery.CONFLATED
                && event.equals(older.event)
                && Objects.equals(topic, older.topic);
    }
}
