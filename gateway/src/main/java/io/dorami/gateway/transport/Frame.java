package io.dorami.gateway.transport;

import io.dorami.contracts.events.Delivery;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One message to clients, encoded once as a whole WebSocket frame and shared by all who get it. Immutable. */
public final class Frame {

    /** The last frame of its message, which is text (RFC 6455, 5.2); a server does not mask. */
    private static final int TEXT = 0x81;

    private static final int BINARY = 0x82;
    private static final int SHORT = 126;
    private static final int LONG = 127;

    private final byte[] bytes;
    private final int head;
    private final Delivery delivery;
    private final @Nullable String topic;
    private final String event;

    private Frame(int opcode, Delivery delivery, @Nullable String topic, String event, byte[] payload) {
        int length = payload.length;
        this.head = length < SHORT ? 2 : length <= 0xFFFF ? 4 : 10;
        this.bytes = new byte[head + length];
        this.delivery = delivery;
        this.topic = topic;
        this.event = event;
        bytes[0] = (byte) opcode;
        bytes[1] = (byte) (head == 2 ? length : head == 4 ? SHORT : LONG);
        for (int i = head - 1, rest = length; i > 1; i--, rest >>>= 8) {
            bytes[i] = (byte) rest;
        }
        System.arraycopy(payload, 0, bytes, head, length);
    }

    /**
     * An event.
     *
     * @param topic what it is about, such as a room; nothing where it is about the connection
     * @param event its name: of {@link Delivery#CONFLATED} frames of one topic and name only the newest matters
     */
    public static Frame text(Delivery delivery, @Nullable String topic, String event, String payload) {
        return new Frame(TEXT, delivery, topic, event, payload.getBytes(StandardCharsets.UTF_8));
    }

    /** What the protocol itself needs to say: never dropped. */
    public static Frame text(String payload) {
        return text(Delivery.RELIABLE, null, "", payload);
    }

    /** Bytes that the protocol itself needs to send, such as an attachment: never dropped. */
    public static Frame binary(byte[] payload) {
        return new Frame(BINARY, Delivery.RELIABLE, null, "", payload);
    }

    public Delivery delivery() {
        return delivery;
    }

    /** What it is about; nothing where it is about the connection. */
    public @Nullable String topic() {
        return topic;
    }

    public boolean isBinary() {
        return bytes[0] == (byte) BINARY;
    }

    /** Bytes on a WebSocket, the frame's head included. */
    public int size() {
        return bytes.length;
    }

    /** The bytes of a WebSocket frame from a server. Not to be written to. */
    byte[] bytes() {
        return bytes;
    }

    /** Bytes of the message alone. */
    public int payloadSize() {
        return bytes.length - head;
    }

    /** The message as text, for a transport that has frames of its own. */
    public String payload() {
        return new String(bytes, head, payloadSize(), StandardCharsets.UTF_8);
    }

    /** The message as bytes, for a transport that has frames of its own. */
    public byte[] payloadBytes() {
        byte[] payload = new byte[payloadSize()];
        System.arraycopy(bytes, head, payload, 0, payload.length);
        return payload;
    }

    /** Whether this one makes the older one worthless. */
    boolean replaces(Frame older) {
        return delivery == Delivery.CONFLATED
                && older.delivery == Delivery.CONFLATED
                && event.equals(older.event)
                && Objects.equals(topic, older.topic);
    }
}
