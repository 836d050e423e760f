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

/** A connection in one namespace. Touched only on the connection's loop. */
public final class NamespaceSocket {

    /** Events that a client may send before it is accepted: more than any client has to say unasked. */
    private static final int EARLY_EVENTS = 16;

    /** Acknowledgements that may be waited for; a client that owes more will not give them. */
    private static final int OWED = 64;

    private final NamespaceConnection connection;
    private final String namespace;

    private State state = State.CONNECTING;
    private @Nullable NamespaceSocketListener listener;
    private @Nullable List<Packet.Event> early;
    private @Nullable LinkedHashMap<Long, Consumer<ArrayNode>> owed;
    private long asked;

    enum State {
        CONNECTING,
        CONNECTED,
        /** Put out by the server; what the client had on its way is not held against it. */
        OUT
    }

    NamespaceSocket(NamespaceConnection connection, String namespace) {
        this.connection = connection;
        this.namespace = namespace;
    }

    public String namespace() {
        return namespace;
    }

    /** The connection, which other namespaces may share. */
    public EngineSession session() {
        return connection.session();
    }

    /** What is sent to the client, in this namespace or another, goes through here. */
    public SendQueue outbox() {
        return connection.session().outbox();
    }

    /** Whether the client was accepted and is still there. */
    public boolean connected() {
        return state == State.CONNECTED;
    }

    /**
     * Lets the client in. Nothing happens where it has gone meanwhile.
     *
     * @param id what the client calls its own
     * @param recovery lets the client come back for what it missed; nothing where this is not offered
     * @param first sent together with the answer
     */
    public void accept(String id, @Nullable String recovery, List<Frame> first) {
        if (state != State.CONNECTING) {
            return;
        }
        state = State.CONNECTED;
        connection.accepted();
        ObjectNode data = JsonNodeFactory.instance.objectNode().put("sid", id);
        if (recovery != null) {
            data.put("pid", recovery);
        }
        List<Frame> frames = new ArrayList<>(first.size() + 1);
        frames.add(Frame.text(new Packet.Connect(namespace, data).encode().text()));
        frames.addAll(first);
        outbox().send(frames);
        List<Packet.Event> said = early;
        early = null;
        if (said != null) {
            said.forEach(this::event);
        }
    }

    /** Does not let the client in; it may try again. */
    public void refuse(String message, @Nullable ObjectNode data) {
        if (state == State.CONNECTING) {
            ObjectNode reason = JsonNodeFactory.instance.objectNode().put("message", message);
            if (data != null) {
                reason.set("data", data);
            }
            send(new Packet.ConnectError(namespace, reason));
            leave();
        }
    }

    /** Puts the client out of this namespace. It does not come back by itself. */
    public void disconnect() {
        if (state == State.CONNECTED) {
            send(new Packet.Disconnect(namespace));
            leave();
        }
    }

    /** Sends an event: its name, then what comes with it, bytes too. */
    public void emit(ArrayNode arguments) {
        send(new Packet.Event(namespace, null, arguments));
    }

    /** Sends an event and waits for its acknowledgement. */
    public void emit(ArrayNode arguments, Consumer<ArrayNode> acknowledged) {
        if (owed == null) {
            owed = new LinkedHashMap<>();
        }
        long id = asked++;
        owed.put(id, acknowledged);
        if (owed.size() > OWED) {
            owed.pollFirstEntry();
        }
        send(new Packet.Event(namespace, id, arguments));
    }

    /** Answers an event of the client. */
    public void acknowledge(long id, ArrayNode arguments) {
        send(new Packet.Ack(namespace, id, arguments));
    }

    private void send(Packet packet) {
        if (state != State.OUT) {
            Packet.Encoded encoded = packet.encode();
            List<Frame> frames = new ArrayList<>(1 + encoded.attachments().size());
            frames.add(Frame.text(encoded.text()));
            encoded.attachments().forEach(bytes -> frames.add(Frame.binary(bytes)));
            outbox().send(frames);
        }
    }

    void listener(NamespaceSocketListener listener) {
        this.listener = listener;
    }

    State state() {
        return state;
    }

    void event(Packet.Event event) {
        switch (state) {
            case CONNECTED -> {
                if (listener != null) {
                    listener.event(event);
                }
            }
            case CONNECTING -> {
                if (early == null) {
                    early = new ArrayList<>();
                }
                early.add(event);
                if (early.size() > EARLY_EVENTS) {
                    throw new MalformedPacketException("Too much before the namespace was joined");
                }
            }
            case OUT -> {}
        }
    }

    void acknowledged(Packet.Ack ack) {
        Consumer<ArrayNode> waiting = owed == null ? null : owed.remove(ack.id());
        if (waiting != null) {
            waiting.accept(ack.arguments());
        }
    }

    void leave() {
        if (state != State.OUT) {
            state = State.OUT;
            early = null;
            owed = null;
            if (listener != null) {
                listener.disconnected();
            }
        }
    }
}
