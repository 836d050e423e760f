package io.dorami.product.catalog;

import io.dorami.contracts.commands.InboxAddress;
import io.dorami.contracts.commands.StreamLifecycle;
import io.dorami.service.messaging.ServiceReplica;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** Stores the owner of each stream, as received in its lifecycle events. */
@ApplicationScoped
class StreamOwnerListener {

    private final ServiceReplica replica;
    private final ProductStore store;

    StreamOwnerListener(ServiceReplica replica, ProductStore store) {
        this.replica = replica;
        this.store = store;
    }

    void start(@Observes StartupEvent event) {
        replica.consume(InboxAddress.PRODUCT, this::saveOwner);
    }

    private Uni<Void> saveOwner(StreamLifecycle event) {
        return store.saveOwner(event.stream(), event.ownerId());
    }
}
