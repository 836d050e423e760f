package io.dorami.product.order;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * A page of orders, the newest first.
 *
 * @param total number of orders on all pages
 * @param page number of this page, from 1
 * @param limit maximum number of orders on a page
 */
public record OrderPage(List<Order> items, long total, int page, int limit) {

    @JsonProperty
    public long totalPages() {
        return (total + limit - 1) / limit;
    }

    /** The orders once more, because the admin's page reads this name. */
    @JsonProperty
    public List<Order> orders() {
        return items;
    }
}
