package io.dorami.gateway;

import io.dorami.service.ServiceReplica;
import jakarta.enterprise.context.ApplicationScoped;

/** This start of this gateway: its name in channels and leases, never used before or again. */
@ApplicationScoped
class GatewayInstance {

    private final String id;

    GatewayInstance(ServiceReplica replica) {
        this.id = replica.name();
    }

    String id() {
        return id;
    }
}
