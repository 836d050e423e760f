package io.dorami.gateway.socketio.protocol;

/** The receiver of a client's events in one namespace. All methods are called on the loop of the connection. */
public interface NamespaceSocketListener {

    /** Receives an event. If {@code event} has an id, the client expects {@link NamespaceSocket#acknowledge}. */
    void onEvent(Packet.Event event);

    /** Called when the client has left the namespace, for any reason, even if the client was never accepted. */
    void onDisconnect();
}
