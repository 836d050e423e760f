package io.dorami.gateway.auth;

import io.dorami.gateway.GatewayConfig;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Limits the connections of each address and each user on this gateway. */
@ApplicationScoped
public class ConnectionLimiter {

    private final Map<String, Integer> connectionsByAddress = new ConcurrentHashMap<>();
    private final Map<String, Integer> connectionsByUser = new ConcurrentHashMap<>();
    private final GatewayConfig config;

    ConnectionLimiter(GatewayConfig config) {
        this.config = config;
    }

    /** Returns true if the address has fewer connections than the maximum. */
    public boolean canConnect(String address) {
        return connectionsByAddress.getOrDefault(address, 0) < config.maxConnectionsPerAddress();
    }

    /** Counts a connection until {@link #removeConnection}. */
    public void addConnection(String address) {
        connectionsByAddress.merge(address, 1, Integer::sum);
    }

    public void removeConnection(String address) {
        decrement(connectionsByAddress, address);
    }

    /**
     * Counts one more connection of a user, until {@link #releaseForUser}. Returns false if the user has the maximum.
     *
     * @param scope the user, and {@code /ws} or a namespace
     */
    boolean tryAcquireForUser(String scope) {
        if (connectionsByUser.merge(scope, 1, Integer::sum) <= config.maxConnectionsPerUser()) {
            return true;
        }
        decrement(connectionsByUser, scope);
        return false;
    }

    void releaseForUser(String scope) {
        decrement(connectionsByUser, scope);
    }

    private static void decrement(Map<String, Integer> counts, String key) {
        counts.computeIfPresent(key, (k, count) -> count == 1 ? null : count - 1);
    }
}
