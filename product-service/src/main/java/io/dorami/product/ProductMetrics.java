package io.dorami.product;

import io.dorami.contracts.errors.DoramiException;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What an operator sees of product-service. */
@ApplicationScoped
public class ProductMetrics {

    private final MeterRegistry registry;

    ProductMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** dorami_product_changes_total: changes carried out, by kind. */
    public void changed(String kind) {
        registry.counter("dorami.product.changes", "kind", kind).increment();
    }

    /** dorami_product_reservations_total: asked for, by outcome: held, or the code of the refusal. */
    public void reserved(@Nullable Throwable refused) {
        String outcome = refused == null
                ? "held"
                : refused instanceof DoramiException known ? known.code().name().toLowerCase(Locale.ROOT) : "failed";
        registry.counter("dorami.product.reservations", "outcome", outcome).increment();
    }

    /** dorami_product_holds_ended_total: whose time was over, by what it was. */
    public void ended(String kind, boolean happened) {
        if (happened) {
            registry.counter("dorami.product.holds.ended", "kind", kind).increment();
        }
    }

    /** dorami_product_orders_total: answered calls about orders, by kind; repeats included. */
    public void ordered(String kind) {
        registry.counter("dorami.product.orders", "kind", kind).increment();
    }
}
