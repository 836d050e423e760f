package io.dorami.product.catalog;

import io.dorami.contracts.commands.ChatCommand;
import io.dorami.contracts.commands.InboxMessage;
import io.dorami.contracts.commands.PublisherChange;
import io.dorami.contracts.commands.StreamLifecycle;
import io.dorami.contracts.keys.ServiceName;
import io.dorami.service.messaging.ServiceReplica;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** Stores the owner of each stream, as received in its lifecycle events. */
@ApplicationScoped
class StreamOwnerStore {

    private final ServiceReplica replica;
    private final ProductStore store;

    StreamOwnerStore(ServiceReplica replica, ProductStore store) {
        this.replica = replica;
        this.store = store;
    }

    void start(@Observes StartupEvent event) {
        replica.consume(ServiceName.PRODUCT, this::handle);
    }

    private Uni<Void> handle(InboxMessage message) {
        return switch (message) {
            case StreamLifecycle event -> store.saveOwner(event.stream(), event.ownerId());
            case ChatCommand command -> throw new IllegalArgumentException("Not for this service: " + command);
            case PublisherChange change -> throw new IllegalArgumentException("Not for this service: " + change);
        };
    }
}
