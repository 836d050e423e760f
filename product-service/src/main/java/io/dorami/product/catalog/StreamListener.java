package io.dorami.product.catalog;

import io.dorami.contracts.commands.InboxAddress;
import io.dorami.contracts.commands.StreamLifecycle;
import io.dorami.contracts.commands.StreamLifecycle.StreamRegistered;
import io.dorami.contracts.commands.StreamLifecycle.StreamWentLive;
import io.dorami.contracts.commands.StreamLifecycle.StreamWentOffline;
import io.dorami.service.messaging.ServiceReplica;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** Stores the owner of each stream and the terms of its show, as received in its lifecycle events. */
@ApplicationScoped
class StreamListener {

    private final ServiceReplica replica;
    private final ProductStore store;

    StreamListener(ServiceReplica replica, ProductStore store) {
        this.replica = replica;
        this.store = store;
    }

    void start(@Observes StartupEvent event) {
        replica.consume(InboxAddress.PRODUCT, this::save);
    }

    private Uni<Void> save(StreamLifecycle event) {
        return switch (event) {
            case StreamRegistered registered -> store.saveStream(registered);
            case StreamWentLive live ->
                store.saveStream(new StreamRegistered(live.stream(), live.ownerId(), live.at()))
                        .chain(() -> store.saveLiveSince(live.stream(), live.at()));
            case StreamWentOffline offline -> store.saveLiveSince(offline.stream(), null);
        };
    }
}
