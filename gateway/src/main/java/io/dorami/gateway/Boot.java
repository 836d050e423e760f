package io.dorami.gateway;

import io.dorami.service.Replica;
import jakarta.enterprise.context.ApplicationScoped;

/** This start of this gateway: its name in channels and leases, never used before or again. */
@ApplicationScoped
class Boot {

    private final String id;

    Boot(Replica replica) {
        this.id = replica.name();
    }

    String id() {
        return id;
    }
}
