package io.dorami.product;

import io.dorami.contracts.errors.DoramiException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Metrics of product-service. */
@ApplicationScoped
public class ProductMetrics {

    private final MeterRegistry registry;

    ProductMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Increments {@code dorami_product_changes_total}. */
    public void countChange(String kind) {
        count("dorami.product.changes", "Product changes carried out, by kind", "kind", kind);
    }

    /** Increments {@code dorami_product_reservations_total}; {@code failure} is null if the units are held. */
    public void countCartRequest(@Nullable Throwable failure) {
        String outcome = failure == null
                ? "held"
                : failure instanceof DoramiException error ? error.code().name().toLowerCase(Locale.ROOT) : "failed";
        count(
                "dorami.product.reservations",
                "Requests to put units into a cart, by outcome: held, or the error code",
                "outcome",
                outcome);
    }

    /** Increments {@code dorami_product_holds_ended_total} if a hold has ended. */
    public void countEndedHold(String kind, boolean ended) {
        if (ended) {
            count(
                    "dorami.product.holds.ended",
                    "Holds whose time ran out, by kind: expired cart item, unpaid order",
                    "kind",
                    kind);
        }
    }

    /** Increments {@code dorami_product_orders_total}. */
    public void countOrderCall(String kind) {
        count("dorami.product.orders", "Successful calls about orders, by kind; repeats included", "kind", kind);
    }

    private void count(String name, String description, String label, String value) {
        Counter.builder(name)
                .description(description)
                .tag(label, value)
                .register(registry)
                .increment();
    }
}
