package io.dorami.gateway.socketio.protocol;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dorami.gateway.transport.Frame;
import io.dorami.gateway.transport.SendQueue;
import io.dorami.gateway.transport.Transport;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;

/** What a server says and does. All calls come on the loop of the connection that they are about. */
public interface NamespaceHandler {

    /**
     * Somebody wants a connection.
     *
     * @param handshake holds headers and address; not to be kept, for it is large
     * @return lets the connection into namespaces; nothing where it is refused as a whole
     */
    Optional<ConnectHandler> open(HttpServerRequest handshake);

    /** The queue of a connection on this event loop. */
    SendQueue outbox(Transport transport, SendQueue.Owner connection);

    /** How a client is told that it did not get so many frames of a topic, because it reads too slowly. */
    Frame dropped(String topic, int count);

    /** Knows what came with a connection's handshake, and lets it into namespaces. */
    interface ConnectHandler {

        /**
         * The client asks to come into a namespace. {@link NamespaceSocket#accept} or {@link NamespaceSocket#refuse} answers it, then or
         * later; what the client says before is kept.
         *
         * @return what listens to the client there; nothing where there is no such namespace
         */
        Optional<NamespaceSocketListener> connect(NamespaceSocket socket, ObjectNode credentials);

        /** The connection stands; {@link #closed} follows. */
        default void opened() {}

        default void closed() {}
    }
}
