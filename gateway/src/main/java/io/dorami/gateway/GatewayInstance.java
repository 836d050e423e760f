package io.dorami.gateway;

import io.dorami.service.messaging.ServiceReplica;
import jakarta.enterprise.context.ApplicationScoped;

/** The identity of this gateway process. Channels and leases contain its id, which is unique for each start. */
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
