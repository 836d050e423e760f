package io.dorami.gateway.socketio.protocol;

import io.dorami.gateway.socketio.engine.EngineOptions;
import io.dorami.gateway.socketio.engine.EngineServer;
import io.dorami.gateway.socketio.engine.EngineSession;
import io.dorami.gateway.socketio.engine.SessionListener;
import io.dorami.gateway.transport.SendQueue;
import io.dorami.gateway.transport.Transport;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import java.util.function.Function;

/** Socket.IO 5: speaks of namespaces on the sessions of an {@link EngineServer}. */
public record SocketIoServer(EngineOptions options, NamespaceHandler namespaces)
        implements EngineServer.SessionHandler {

    @Override
    public Optional<Function<EngineSession, SessionListener>> open(HttpServerRequest handshake) {
        return namespaces
                .open(handshake)
                .map(doorkeeper -> session -> new NamespaceConnection(session, options, namespaces, doorkeeper));
    }

    @Override
    public SendQueue outbox(Transport transport, SendQueue.Owner session) {
        return namespaces.outbox(transport, session);
    }
}
