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

/** A session with its namespaces. */
final class NamespaceConnection implements SessionListener {

    private static final int POLICY_VIOLATION = 1008;

    private final EngineSession session;
    private final NamespaceHandler namespaceHandler;
    private final NamespaceHandler.ConnectHandler connectHandler;
    private final PacketDecoder decoder;
    private final List<NamespaceSocket> sockets = new ArrayList<>(3); // the web client uses three

    /** Timeout of the first namespace join; null after the join. */
    private TimeoutQueue.@Nullable Timeout connectTimeout;

    NamespaceConnection(
            EngineSession session,
            EngineOptions options,
            NamespaceHandler namespaceHandler,
            NamespaceHandler.ConnectHandler connectHandler) {
        this.session = session;
        this.namespaceHandler = namespaceHandler;
        this.connectHandler = connectHandler;
        this.decoder = new PacketDecoder(options.maxPayload());
        TimeoutQueue.Timeout timeout = new TimeoutQueue.Timeout() {
            @Override
            public void onTimeout() {
                session.close(POLICY_VIOLATION, "no namespace joined in time");
            }
        };
        session.timeouts().connects.schedule(timeout);
        this.connectTimeout = timeout;
        connectHandler.onOpen();
    }

    EngineSession session() {
        return session;
    }

    void cancelConnectTimeout() {
        if (connectTimeout != null) {
            connectTimeout.cancel();
            connectTimeout = null;
        }
    }

    @Override
    public void onText(String message) {
        handle(decoder.decodeText(message));
    }

    @Override
    public void onBinary(byte[] message) {
        handle(decoder.decodeAttachment(message));
    }

    @Override
    public Frame droppedMessage(String topic, int count) {
        return namespaceHandler.droppedMessage(topic, count);
    }

    @Override
    public void onClose() {
        cancelConnectTimeout();
        sockets.forEach(NamespaceSocket::leave);
        sockets.clear();
        connectHandler.onClose();
    }

    private void handle(@Nullable Packet packet) {
        switch (packet) {
            case Packet.Connect connect -> connect(connect.namespace(), connect.data());
            case Packet.Event event -> requireSocket(event).onEvent(event);
            case Packet.Ack ack -> requireSocket(ack).onAck(ack);
            case Packet.Disconnect disconnect -> {
                NamespaceSocket socket = requireSocket(disconnect);
                sockets.remove(socket);
                socket.leave();
            }
            case Packet.ConnectError error ->
                throw new MalformedPacketException("CONNECT_ERROR is sent by servers only");
            case null -> {} // incomplete: more attachments follow
        }
    }

    private void connect(String namespace, ObjectNode credentials) {
        Optional<NamespaceSocket> previous = findSocket(namespace);
        if (previous.isPresent() && previous.get().state() != NamespaceSocket.State.DISCONNECTED) {
            throw new MalformedPacketException("Already in this namespace");
        }
        previous.ifPresent(sockets::remove);
        NamespaceSocket socket = new NamespaceSocket(this, namespace);
        sockets.add(socket);
        connectHandler.connect(socket, credentials).ifPresentOrElse(socket::setListener, () -> {
            socket.reject("Invalid namespace", null);
            sockets.remove(socket);
        });
    }

    private NamespaceSocket requireSocket(Packet packet) {
        return findSocket(packet.namespace()).orElseThrow(() -> new MalformedPacketException("Not in this namespace"));
    }

    private Optional<NamespaceSocket> findSocket(String namespace) {
        return sockets.stream()
                .filter(socket -> socket.namespace().equals(namespace))
                .findFirst();
    }
}
