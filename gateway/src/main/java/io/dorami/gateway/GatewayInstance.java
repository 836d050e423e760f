package io.dorami.gateway;

import io.dorami.service.messaging.ServiceReplica;
import jakarta.enterprise.context.ApplicationScoped;

/** This start of this gateway: its name in channels and leases, never used before or again. */
@ApplicationScoped
public class GatewayInstance {

    private final String id;

    GatewayInstance(ServiceReplica replica) {
        this.id = replica.name();
    }

    public String id() {
        return id;
    }
}
