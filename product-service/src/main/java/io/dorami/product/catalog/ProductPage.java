package io.dorami.product.catalog;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dorami.contracts.events.Product;
import java.util.List;

/**
 * A page of products.
 *
 * @param total number of products on all pages
 * @param page number of this page, from 1
 * @param limit maximum number of products on a page
 */
public record ProductPage(List<Product> items, long total, int page, int limit) {

    /** Position of a page in its list. */
    public record Meta(long total, int page, int limit, long totalPages) {}

    @JsonProperty
    public long totalPages() {
        return (total + limit - 1) / limit;
    }

    /** The products once more, because the web client's shop reads {@code data} and {@code meta}. */
    @JsonProperty
    public List<Product> data() {
        return items;
    }

    /** See {@link #data}. */
    @JsonProperty
    public Meta meta() {
        return new Meta(total, page, limit, totalPages());
    }
}
