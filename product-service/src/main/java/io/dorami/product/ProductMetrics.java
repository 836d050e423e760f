package io.dorami.product;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;

/** What an operator sees of product-service. */
@ApplicationScoped
class ProductMetrics {

    private final MeterRegistry registry;

    ProductMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** dorami_product_changes_total: changes carried out, by kind. */
    void changed(String kind) {
        registry.counter("dorami.product.changes", "kind", kind).increment();
    }
}
