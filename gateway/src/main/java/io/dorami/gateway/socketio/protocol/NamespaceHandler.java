package io.dorami.gateway.socketio.protocol;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dorami.gateway.transport.Frame;
import io.dorami.gateway.transport.SendQueue;
import io.dorami.gateway.transport.Transport;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;

/** The application of a Socket.IO server. All methods are called on the loop of the connection concerned. */
public interface NamespaceHandler {

    /**
     * Accepts or rejects a new connection.
     *
     * @param handshake request with headers and address. Do not keep a reference, because the object is large
     * @return handler of the connection's namespaces; empty to reject the connection
     */
    Optional<ConnectHandler> accept(HttpServerRequest handshake);

    /** Creates the send queue of a connection on the current event loop. */
    SendQueue newSendQueue(Transport transport, SendQueue.Owner owner);

    /** Encodes the message that reports how many frames of a topic were dropped because the client reads too slowly. */
    Frame droppedMessage(String topic, int count);

    /** Handler of one connection: keeps data of its handshake, and decides which namespaces the client may join. */
    interface ConnectHandler {

        /**
         * Handles a client's request to join a namespace. {@link NamespaceSocket#accept} or
         * {@link NamespaceSocket#reject} replies, at once or later; events that the client sends before are queued.
         *
         * @return receiver of the client's events; empty if the namespace does not exist
         */
        Optional<NamespaceSocketListener> connect(NamespaceSocket socket, ObjectNode credentials);

        /** Called when the connection is open. {@link #onClose} follows. */
        default void onOpen() {}

        default void onClose() {}
    }
}
