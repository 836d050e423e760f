package io.dorami.contracts.keys;

/** The services that have an inbox. */
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
}
