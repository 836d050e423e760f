package io.dorami.gateway;

import io.dorami.contracts.CloseCode;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** On stopping, tells every client to come back elsewhere. */
@ApplicationScoped
class Drain {

    private final Clients clients;

    Drain(Clients clients) {
        this.clients = clients;
    }

    void stop(@Observes ShutdownEvent event) {
        clients.all().forEach(client -> client.shard.loop.run(() -> client.close(CloseCode.SERVICE_RESTART)));
    }
}
