package io.dorami.gateway.auth;

import io.dorami.gateway.GatewayConfig;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How many connections each address and each user have on this gateway, and whether one more may come. */
@ApplicationScoped
public class ConnectionLimiter {

    private final Map<String, Integer> addresses = new ConcurrentHashMap<>();
    private final Map<String, Integer> users = new ConcurrentHashMap<>();
    private final GatewayConfig config;

    ConnectionLimiter(GatewayConfig config) {
        this.config = config;
    }

    /** Whether one more connection may come from there. */
    public boolean hasRoom(String address) {
        return addresses.getOrDefault(address, 0) < config.connectionsPerAddress();
    }

    /** Counts until {@link #left}. */
    public void came(String address) {
        addresses.merge(address, 1, Integer::sum);
    }

    public void left(String address) {
        giveBack(addresses, address);
    }

    /**
     * Whether a user may have one more connection there; then it counts until {@link #signedOut}.
     *
     * @param place the user and where: on {@code /ws} or in a namespace
     */
    boolean maySignIn(String place) {
        if (users.merge(place, 1, Integer::sum) <= config.connectionsPerUser()) {
            return true;
        }
        giveBack(users, place);
        return false;
    }

    void signedOut(String place) {
        giveBack(users, place);
    }

    private static void giveBack(Map<String, Integer> counts, String who) {
        counts.computeIfPresent(who, (key, count) -> count == 1 ? null : count - 1);
    }
}
