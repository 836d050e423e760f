package io.dorami.gateway.socketio.protocol;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dorami.gateway.socketio.engine.EngineSession;
import io.dorami.gateway.socketio.engine.MalformedPacketException;
import io.dorami.gateway.transport.Frame;
import io.dorami.gateway.transport.SendQueue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A connection's membership of one namespace. Used only on the connection's loop. */
public final class NamespaceSocket {

    /** Events that a client may send before it is accepted; more than any well-behaved client sends. */
    private static final int MAX_EARLY_EVENTS = 16;

    /** Acknowledgements that may be outstanding. Over the limit the oldest is forgotten: such a client sends none. */
    private static final int MAX_PENDING_ACKS = 64;

    private final NamespaceConnection connection;
    private final String namespace;

    private State state = State.CONNECTING;
    private @Nullable NamespaceSocketListener listener;
    private @Nullable List<Packet.Event> earlyEvents;
    private @Nullable LinkedHashMap<Long, Consumer<ArrayNode>> pendingAcks;
    private long nextAckId;

    enum State {
        CONNECTING,
        CONNECTED,
        /** Left or disconnected. Events that the client sent before it knew are ignored. */
        DISCONNECTED
    }

    NamespaceSocket(NamespaceConnection connection, String namespace) {
        this.connection = connection;
        this.namespace = namespace;
    }

    public String namespace() {
        return namespace;
    }

    /** Session of the connection, which other namespaces may share. */
    public EngineSession session() {
        return connection.session();
    }

    /** Queue for everything sent to the client, in this and all other namespaces. */
    public SendQueue sendQueue() {
        return connection.session().sendQueue();
    }

    /** Returns true if the client was accepted and has not left. */
    public boolean isConnected() {
        return state == State.CONNECTED;
    }

    /**
     * Accepts the client into the namespace. Does nothing if the client has already left.
     *
     * @param id the client's socket ID
     * @param recoveryToken token with which the client can later recover missed events; null if not offered
     * @param firstFrames frames to send together with the reply
     */
    public void accept(String id, @Nullable String recoveryToken, List<Frame> firstFrames) {
        if (state != State.CONNECTING) {
            return;
        }
        state = State.CONNECTED;
        connection.cancelConnectTimeout();
        ObjectNode data = JsonNodeFactory.instance.objectNode().put("sid", id);
        if (recoveryToken != null) {
            data.put("pid", recoveryToken);
        }
        List<Frame> frames = new ArrayList<>(firstFrames.size() + 1);
        frames.add(Frame.text(new Packet.Connect(namespace, data).encode().text()));
        frames.addAll(firstFrames);
        sendQueue().send(frames);
        List<Packet.Event> queuedEvents = earlyEvents;
        earlyEvents = null;
        if (queuedEvents != null) {
            queuedEvents.forEach(this::onEvent);
        }
    }

    /** Rejects the client, which may try again. */
    public void reject(String message, @Nullable ObjectNode data) {
        if (state == State.CONNECTING) {
            ObjectNode error = JsonNodeFactory.instance.objectNode().put("message", message);
            if (data != null) {
                error.set("data", data);
            }
            send(new Packet.ConnectError(namespace, error));
            leave();
        }
    }

    /** Disconnects the client from this namespace. The client does not reconnect automatically. */
    public void disconnect() {
        if (state == State.CONNECTED) {
            send(new Packet.Disconnect(namespace));
            leave();
        }
    }

    /** Sends an event. The first argument is its name; the others may contain bytes. */
    public void emit(ArrayNode arguments) {
        send(new Packet.Event(namespace, null, arguments));
    }

    /** Sends an event, and calls {@code onAck} with the arguments of its acknowledgement. */
    public void emit(ArrayNode arguments, Consumer<ArrayNode> onAck) {
        if (pendingAcks == null) {
            pendingAcks = new LinkedHashMap<>();
        }
        long id = nextAckId++;
        pendingAcks.put(id, onAck);
        if (pendingAcks.size() > MAX_PENDING_ACKS) {
            pendingAcks.pollFirstEntry();
        }
        send(new Packet.Event(namespace, id, arguments));
    }

    /** Acknowledges an event of the client. */
    public void acknowledge(long id, ArrayNode arguments) {
        send(new Packet.Ack(namespace, id, arguments));
    }

    private void send(Packet packet) {
        if (state != State.DISCONNECTED) {
            Packet.Encoded encoded = packet.encode();
            List<Frame> frames = new ArrayList<>(1 + encoded.attachments().size());
            frames.add(Frame.text(encoded.text()));
            encoded.attachments().forEach(bytes -> frames.add(Frame.binary(bytes)));
            sendQueue().send(frames);
        }
    }

    void setListener(NamespaceSocketListener listener) {
        this.listener = listener;
    }

    State state() {
        return state;
    }

    void onEvent(Packet.Event event) {
        switch (state) {
            case CONNECTED -> {
                if (listener != null) {
                    listener.onEvent(event);
                }
            }
            case CONNECTING -> {
                if (earlyEvents == null) {
                    earlyEvents = new ArrayList<>();
                }
                earlyEvents.add(event);
                if (earlyEvents.size() > MAX_EARLY_EVENTS) {
                    throw new MalformedPacketException("Too many events before the namespace was joined");
                }
            }
            case DISCONNECTED -> {}
        }
    }

    void onAck(Packet.Ack ack) {
        Consumer<ArrayNode> callback = pendingAcks == null ? null : pendingAcks.remove(ack.id());
        if (callback != null) {
            callback.accept(ack.arguments());
        }
    }

    void leave() {
        if (state != State.DISCONNECTED) {
            state = State.DISCONNECTED;
            earlyEvents = null;
            pendingAcks = null;
            if (listener != null) {
                listener.onDisconnect();
            }
        }
    }
}
