package io.dorami.contracts.http;

import java.util.List;

/** The request headers of the REST API. Pages of other origins may send all of them. */
public final class ApiHeaders {

    /** Repeats the value of the cookie {@link ApiCookies#CSRF_TOKEN}. */
    public static final String CSRF_TOKEN = "X-CSRF-Token";

    /** Identifies the repeat of a request that takes stock or money. */
    public static final String IDEMPOTENCY_KEY = "Idempotency-Key";

    /** The version of a product that its seller saw. */
    public static final String IF_MATCH = "If-Match";

    /** All headers that the services read. */
    public static final List<String> ALL =
            List.of("Authorization", "Content-Type", CSRF_TOKEN, IDEMPOTENCY_KEY, IF_MATCH);

    private ApiHeaders() {}
}
