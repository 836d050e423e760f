package io.dorami.gateway.socketio;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dorami.gateway.wire.Frame;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The namespaces that one session is in. */
final class Connection implements SessionListener {

    private static final int POLICY_VIOLATION = 1008;

    private final Session session;
    private final Namespaces namespaces;
    private final Namespaces.Doorkeeper doorkeeper;
    private final PacketReader reader;
    private final List<Socket> sockets = new ArrayList<>(3); // the web client's

    /** Until it is in a namespace. */
    private Deadlines.@Nullable Deadline idle;

    Connection(Session session, EngineOptions options, Namespaces namespaces, Namespaces.Doorkeeper doorkeeper) {
        this.session = session;
        this.namespaces = namespaces;
        this.doorkeeper = doorkeeper;
        this.reader = new PacketReader(options.maxPayload());
        Deadlines.Deadline deadline = new Deadlines.Deadline() {
            @Override
            void missed() {
                session.close(POLICY_VIOLATION, "no namespace joined");
            }
        };
        session.loop().connects.set(deadline);
        this.idle = deadline;
        doorkeeper.opened();
    }

    Session session() {
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
        sockets.forEach(Socket::leave);
        sockets.clear();
        doorkeeper.closed();
    }

    private void received(@Nullable Packet packet) {
        switch (packet) {
            case Packet.Connect connect -> connect(connect.namespace(), connect.data());
            case Packet.Event event -> in(event).event(event);
            case Packet.Ack ack -> in(ack).acknowledged(ack);
            case Packet.Disconnect disconnect -> {
                Socket socket = in(disconnect);
                sockets.remove(socket);
                socket.leave();
            }
            case Packet.ConnectError error -> throw new MalformedPacketException("Only a server refuses");
            case null -> {} // its attachments are on their way
        }
    }

    private void connect(String namespace, ObjectNode credentials) {
        Optional<Socket> before = find(namespace);
        if (before.isPresent() && before.get().state() != Socket.State.OUT) {
            throw new MalformedPacketException("It is in that namespace already");
        }
        before.ifPresent(sockets::remove);
        Socket socket = new Socket(this, namespace);
        sockets.add(socket);
        doorkeeper.connect(socket, credentials).ifPresentOrElse(socket::listener, () -> {
            socket.refuse("Invalid namespace", null);
            sockets.remove(socket);
        });
    }

    private Socket in(Packet packet) {
        return find(packet.namespace()).orElseThrow(() -> new MalformedPacketException("It is not in that namespace"));
    }

    private Optional<Socket> find(String namespace) {
        return sockets.stream()
                .filter(socket -> socket.namespace().equals(namespace))
                .findFirst();
    }
}
