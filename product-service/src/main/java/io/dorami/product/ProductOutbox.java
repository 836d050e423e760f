package io.dorami.product;

import io.dorami.service.database.Database;
import io.dorami.service.messaging.EventBus;
import io.dorami.service.messaging.TransactionalOutbox;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.jspecify.annotations.Nullable;

/** The transactional outbox of this service; relays for as long as the process runs. */
@ApplicationScoped
public class ProductOutbox {

    private final Database database;
    private final EventBus bus;
    private @Nullable TransactionalOutbox outbox;

    ProductOutbox(Database database, EventBus bus) {
        this.database = database;
        this.bus = bus;
    }

    void start(@Observes StartupEvent event) {
        outbox = new TransactionalOutbox("product", database, bus);
    }

    void stop(@Observes ShutdownEvent event) {
        if (outbox != null) {
            outbox.close();
        }
    }

    /** Schedules the relay of committed events, so that the caller does not wait for their publication. */
    public void scheduleRelay() {
        if (outbox != null) {
            outbox.scheduleRelay();
        }
    }
}
