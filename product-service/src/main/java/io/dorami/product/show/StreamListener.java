package io.dorami.product.show;

import io.dorami.contracts.commands.InboxAddress;
import io.dorami.contracts.commands.StreamLifecycle;
import io.dorami.contracts.commands.StreamLifecycle.StaffChanged;
import io.dorami.contracts.commands.StreamLifecycle.StreamRegistered;
import io.dorami.contracts.commands.StreamLifecycle.StreamWentLive;
import io.dorami.contracts.commands.StreamLifecycle.StreamWentOffline;
import io.dorami.service.messaging.ServiceReplica;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** Stores the sellers of each stream and the terms of its show, as received in its lifecycle events. */
@ApplicationScoped
class StreamListener {

    private final ServiceReplica replica;
    private final ShowStore store;

    StreamListener(ServiceReplica replica, ShowStore store) {
        this.replica = replica;
        this.store = store;
    }

    void start(@Observes StartupEvent event) {
        replica.consume(InboxAddress.PRODUCT, this::save);
    }

    private Uni<Void> save(StreamLifecycle event) {
        return switch (event) {
            case StreamRegistered registered -> store.save(registered);
            case StreamWentLive live ->
                store.save(new StreamRegistered(live.stream(), live.ownerId(), live.at()))
                        .chain(() -> store.saveLiveSince(live.stream(), live.at()));
            case StreamWentOffline offline -> store.saveLiveSince(offline.stream(), null);
            case StaffChanged changed -> store.save(changed);
        };
    }
}
