package io.dorami.gateway.socketio.protocol;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dorami.gateway.socketio.engine.EngineOptions;
import io.dorami.gateway.socketio.engine.EngineSession;
import io.dorami.gateway.socketio.engine.MalformedPacketException;
import io.dorami.gateway.socketio.engine.SessionListener;
import io.dorami.gateway.socketio.engine.TimeoutQueue;
import io.dorami.gateway.transport.Frame;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The namespaces that one session is in. */
final class NamespaceConnection implements SessionListener {

    private static final int POLICY_VIOLATION = 1008;

    private final EngineSession session;
    private final NamespaceHandler namespaces;
    private final NamespaceHandler.ConnectHandler doorkeeper;
    private final PacketDecoder reader;
    private final List<NamespaceSocket> sockets = new ArrayList<>(3); // the web client's

    /** Until it is in a namespace. */
    private TimeoutQueue.@Nullable Timeout idle;

    NamespaceConnection(
            EngineSession session,
            EngineOptions options,
            NamespaceHandler namespaces,
            NamespaceHandler.ConnectHandler doorkeeper) {
        this.session = session;
        this.namespaces = namespaces;
        this.doorkeeper = doorkeeper;
        this.reader = new PacketDecoder(options.maxPayload());
        TimeoutQueue.Timeout deadline = new TimeoutQueue.Timeout() {
            @Override
            public void missed() {
                session.close(POLICY_VIOLATION, "no namespace joined");
            }
        };
        session.loop().connects.set(deadline);
        this.idle = deadline;
        doorkeeper.opened();
    }

    EngineSession session() {
        return session;
    }

    void accepted() {
        if (idle != null) {
            idle.lift();
            idle = null;
        }
    }

    @Override
    public void text(String message) {
        received(reader.text(message));
    }

    @Override
    public void binary(byte[] message) {
        received(reader.attachment(message));
    }

    @Override
    public Frame dropped(String topic, int count) {
        return namespaces.dropped(topic, count);
    }

    @Override
    public void closed() {
        accepted();
        sockets.forEach(NamespaceSocket::leave);
        sockets.clear();
        doorkeeper.closed();
    }

    private void received(@Nullable Packet packet) {
        switch (packet) {
            case Packet.Connect connect -> connect(connect.namespace(), connect.data());
            case Packet.Event event -> in(event).event(event);
            case Packet.Ack ack -> in(ack).acknowledged(ack);
            case Packet.Disconnect disconnect -> {
                NamespaceSocket socket = in(disconnect);
                sockets.remove(socket);
                socket.leave();
            }
            case Packet.ConnectError error -> throw new MalformedPacketException("Only a server refuses");
            case null -> {} // its attachments are on their way
        }
    }

    private void connect(String namespace, ObjectNode credentials) {
        Optional<NamespaceSocket> before = find(namespace);
        if (before.isPresent() && before.get().state() != NamespaceSocket.State.OUT) {
            throw new MalformedPacketException("It is in that namespace already");
        }
        before.ifPresent(sockets::remove);
        NamespaceSocket socket = new NamespaceSocket(this, namespace);
        sockets.add(socket);
        doorkeeper.connect(socket, credentials).ifPresentOrElse(socket::listener, () -> {
            socket.refuse("Invalid namespace", null);
            sockets.remove(socket);
        });
    }

    private NamespaceSocket in(Packet packet) {
        return find(packet.namespace()).orElseThrow(() -> new MalformedPacketException("It is not in that namespace"));
    }

    private Optional<NamespaceSocket> find(String namespace) {
        return sockets.stream()
                .filter(socket -> socket.namespace().equals(namespace))
                .findFirst();
    }
}
