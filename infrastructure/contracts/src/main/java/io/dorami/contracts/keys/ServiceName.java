package io.dorami.contracts.keys;

import java.util.List;

/** The services that have an inbox, and the subscribers of every stream's lifecycle. */
public enum ServiceName {
    CHAT("chat"),
    VIEWER("viewer"),
    PRODUCT("product"),
    STREAM("stream");

    private final String label;

    ServiceName(String label) {
        this.label = label;
    }

    /** The service's name in Redis and in routes. */
    public String label() {
        return label;
    }

    /** The services that receive every {@code StreamLifecycle} event. */
    public static List<ServiceName> lifecycleListeners() {
        return List.of(CHAT, VIEWER, PRODUCT);
    }
}
