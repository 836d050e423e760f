package io.dorami.gateway.socketio.protocol;

/** What a client says in one namespace. All calls come on the loop of its connection. */
public interface NamespaceSocketListener {

    /** The client says something; where {@code event} has an id it waits for {@link NamespaceSocket#acknowledge}. */
    void event(Packet.Event event);

    /** The client is out of the namespace, for whatever reason; also where it was never accepted. */
    void disconnected();
}
