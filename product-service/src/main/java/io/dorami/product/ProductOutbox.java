package io.dorami.product;

import io.dorami.service.database.Database;
import io.dorami.service.messaging.EventBus;
import io.dorami.service.messaging.TransactionalOutbox;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.jspecify.annotations.Nullable;

/** This service's one outbox, which relays for as long as the process runs. */
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

    /** Called after a commit: the change holds, and whoever made it need not wait for the telling. */
    public void relaySoon() {
        if (outbox != null) {
            outbox.relaySoon();
        }
    }
}
