package io.dorami.local.system;

import io.dorami.local.media.LocalSrs;
import io.dorami.local.stores.LocalPostgres;
import io.dorami.local.stores.LocalRedis;
import java.util.HashMap;
import java.util.Map;

/** Environment variables of the five services. */
public final class Environment {

    private Environment() {}

    /**
     * Overrides the variables that describe what the launcher starts, and keeps all other values of the user.
     *
     * @param hasSrs true if the launcher runs SRS
     */
    public static Map<String, String> of(Ports ports, Secrets secrets, boolean hasSrs, Map<String, String> user) {
        LocalSrs.Listeners srs = srsListeners(ports, user);
        Map<String, String> all = new HashMap<>();
        all.put("DORAMI_PUBLIC_URL", ports.address());
        all.put("DORAMI_RTMP_URL", srs.rtmpAddress());
        all.put("DORAMI_GATEWAY_MEDIA", "http://127.0.0.1:" + srs.mediaPort());
        all.put("DORAMI_DEVELOPMENT", "true");
        all.put("DORAMI_WARM_UP", "0S"); // five warming JVMs on one machine would delay the start by 10 s
        all.put("DORAMI_GATEWAY_NAME", "gateway"); // the default, HOSTNAME, may be no name for a gateway
        // Less than ProcessSpec.SHUTDOWN_TIMEOUT, because the gateway needs time to exit.
        all.put("DORAMI_GATEWAY_DRAIN_TIME", "5S");
        all.putAll(user);

        all.putAll(secrets.environment());
        all.put("DORAMI_REDIS_URL", LocalRedis.address(ports.redis()));
        all.put("DORAMI_POSTGRES_ADDRESS", LocalPostgres.address(ports.postgres()));
        if (hasSrs) {
            all.put("DORAMI_SRS_API", srs.apiAddress());
            all.put("DORAMI_GATEWAY_SRS_API", srs.apiAddress());
        }
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

    /**
     * Listeners of SRS. Its RTMP listener is on loopback too, unless DORAMI_RTMP_HOST is the address of this machine at
     * which the encoder in the same network reaches it; publishing needs a token on every address.
     */
    public static LocalSrs.Listeners srsListeners(Ports ports, Map<String, String> user) {
        return new LocalSrs.Listeners(
                user.getOrDefault("DORAMI_RTMP_HOST", "localhost"),
                ports.rtmp(),
                ports.media(),
                ports.srsApi(),
                ports.webRtc());
    }
}
