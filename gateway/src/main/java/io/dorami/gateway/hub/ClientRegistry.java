package io.dorami.gateway.hub;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The clients of this gateway, by the id that services reply to. Thread-safe. */
@ApplicationScoped
public class ClientRegistry {

    private final Map<String, Client> clients = new ConcurrentHashMap<>();

    void add(Client client) {
        clients.put(client.id, client);
    }

    void remove(Client client) {
        clients.remove(client.id);
    }

    @Nullable
    public Client get(String id) {
        return clients.get(id);
    }
}
