package io.dorami.local.system;

import io.dorami.local.stores.LocalPostgres;
import io.dorami.local.stores.LocalRedis;
import java.util.HashMap;
import java.util.Map;

/** Environment variables of the five services. */
public final class Environment {

    private Environment() {}

    /** Overrides the variables that describe what the launcher starts, and keeps all other values of the user. */
    public static Map<String, String> of(Ports ports, Secrets secrets, Map<String, String> user) {
        Map<String, String> all = new HashMap<>();
        all.put("DORAMI_PUBLIC_URL", ports.address());
        all.put("DORAMI_RTMP_URL", "rtmp://localhost:1935/live");
        all.put("DORAMI_DEVELOPMENT", "true");
        // Less than ProcessSpec.SHUTDOWN_TIMEOUT, because the gateway needs time to exit.
        all.put("DORAMI_GATEWAY_DRAIN_TIME", "5S");
        all.putAll(user);

        all.putAll(secrets.environment());
        all.put("DORAMI_REDIS_URL", LocalRedis.address(ports.redis()));
        all.put("DORAMI_POSTGRES_ADDRESS", LocalPostgres.address(ports.postgres()));
        for (Service service : Service.values()) {
            if (service != Service.GATEWAY) {
                all.put("DORAMI_UPSTREAM_" + service.name(), "http://127.0.0.1:" + ports.http(service));
            }
        }
        String origins = "http://localhost:3000,http://localhost:%1$d,http://127.0.0.1:%1$d".formatted(ports.base());
        all.put(
                "DORAMI_ORIGINS",
                user.containsKey("DORAMI_ORIGINS") ? origins + "," + user.get("DORAMI_ORIGINS") : origins);
        return all;
    }
}
