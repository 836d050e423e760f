package io.dorami.product.catalog;

import io.dorami.product.ProductConfig;
import io.dorami.service.rest.MoneyScale;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Provides the rules, which know nothing of Quarkus, with the configured limits and currency. */
@Singleton
class ProductRulesProducer {

    @Produces
    @Singleton
    ProductRules productRules(ProductConfig config, MoneyScale money) {
        return new ProductRules(config.lowStockThreshold(), money::scale);
    }
}
