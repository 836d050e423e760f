package io.dorami.gateway;

import io.dorami.contracts.CloseCode;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** On stopping, tells every client to come back elsewhere. */
@ApplicationScoped
class Drain {

    private final Hub hub;

    Drain(Hub hub) {
        this.hub = hub;
    }

    void stop(@Observes ShutdownEvent event) {
        hub.run(() -> hub.clients().forEach(client -> client.close(CloseCode.SERVICE_RESTART)));
    }
}
