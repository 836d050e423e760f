package io.dorami.local;

import java.util.HashMap;
import java.util.Map;

/** The variables that all five services get. */
public final class Environment {

    private Environment() {}

    /** What the launcher starts it names itself; of the rest, the user's own values stay. */
    public static Map<String, String> of(Ports ports, Secrets secrets, Map<String, String> user) {
        Map<String, String> all = new HashMap<>();
        all.put("DORAMI_PUBLIC_URL", ports.address());
        all.put("DORAMI_RTMP_URL", "rtmp://localhost:1935/live");
        all.put("DORAMI_DEVELOPMENT", "true");
        all.put("DORAMI_GATEWAY_DRAIN_TIME", "5S"); // DataFolder.PATIENCE, less what the gateway needs to end
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
