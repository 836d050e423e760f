package io.dorami.gateway.socketio;

import io.dorami.gateway.wire.Outbox;
import io.dorami.gateway.wire.Transport;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import java.util.function.Function;

/** Socket.IO 5: speaks of namespaces on the sessions of an {@link EngineServer}. */
public record SocketIoServer(EngineOptions options, Namespaces namespaces) implements EngineServer.Application {

    @Override
    public Optional<Function<Session, SessionListener>> open(HttpServerRequest handshake) {
        return namespaces
                .open(handshake)
                .map(doorkeeper -> session -> new Connection(session, options, namespaces, doorkeeper));
    }

    @Override
    public Outbox outbox(Transport transport, Outbox.Owner session) {
        return namespaces.outbox(transport, session);
    }
}
