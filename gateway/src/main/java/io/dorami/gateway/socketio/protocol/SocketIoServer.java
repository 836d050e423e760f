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

/** Socket.IO 5 server: namespaces on the sessions of an {@link EngineServer}. */
public record SocketIoServer(EngineOptions options, NamespaceHandler namespaceHandler)
        implements EngineServer.SessionHandler {

    @Override
    public Optional<Function<EngineSession, SessionListener>> accept(HttpServerRequest handshake) {
        return namespaceHandler
                .accept(handshake)
                .map(connectHandler ->
                        session -> new NamespaceConnection(session, options, namespaceHandler, connectHandler));
    }

    @Override
    public SendQueue newSendQueue(Transport transport, SendQueue.Owner owner) {
        return namespaceHandler.newSendQueue(transport, owner);
    }
}
