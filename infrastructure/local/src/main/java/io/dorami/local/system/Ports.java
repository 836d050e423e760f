package io.dorami.local.system;

import io.dorami.local.CliError;
import io.dorami.local.process.PortProbe;
import io.dorami.local.stores.LocalPostgres;
import io.dorami.local.stores.LocalRedis;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Ports of the system, as offsets from the gateway's port. All are on 127.0.0.1 but for WebRTC and, see {@link Environment},
 * RTMP.
 */
public record Ports(int base) {

    private static final int MANAGEMENT_OFFSET = 10;
    private static final int REDIS_OFFSET = 20;
    private static final int POSTGRES_OFFSET = 21;
    private static final int RTMP_OFFSET = 30;
    private static final int MEDIA_OFFSET = 31;
    private static final int SRS_API_OFFSET = 32;
    private static final int WEBRTC_OFFSET = 33;
    private static final int PROMETHEUS_OFFSET = 34;
    private static final int LAST_OFFSET = PROMETHEUS_OFFSET;

    public Ports {
        if (base < 1 || base + LAST_OFFSET > 65_535) {
            throw new CliError("--port: expected 1 to " + (65_535 - LAST_OFFSET) + ", got " + base + "; "
                    + (LAST_OFFSET + 1) + " ports from there on are used.");
        }
    }

    public int http(Service service) {
        return base + service.ordinal();
    }

    public int management(Service service) {
        return base + MANAGEMENT_OFFSET + service.ordinal();
    }

    public int redis() {
        return base + REDIS_OFFSET;
    }

    public int postgres() {
        return base + POSTGRES_OFFSET;
    }

    /** Port of SRS, or of the file server for the test picture. */
    public int media() {
        return base + MEDIA_OFFSET;
    }

    public int rtmp() {
        return base + RTMP_OFFSET;
    }

    public int srsApi() {
        return base + SRS_API_OFFSET;
    }

    /** UDP port of WebRTC, which is not among the ports that are checked. */
    public int webRtc() {
        return base + WEBRTC_OFFSET;
    }

    /** Port of Prometheus, which runs only with {@code --observe}. */
    public int prometheus() {
        return base + PROMETHEUS_OFFSET;
    }

    /** Address of the gateway for people and their browsers. */
    public String address() {
        return "http://localhost:" + base;
    }

    /** Fails if a port is taken. The message names every taken port, its owner, and a free range. */
    public void requireFree() {
        requireFree(List.of(Service.values()));
    }

    /** Fails if a port of the stores, of these services or of the media server is taken. */
    public void requireFree(List<Service> services) {
        Map<Integer, String> taken = takenPorts(services);
        if (!taken.isEmpty()) {
            StringBuilder message = new StringBuilder();
            taken.forEach((port, name) -> message.append(takenMessage(port, name)));
            throw new CliError(message + "Choose others, for example --port %d.".formatted(alternativeBase()));
        }
    }

    /** Fails if the port of another server is taken. */
    public static void requireFree(int port, String name) {
        if (!PortProbe.isFree(port)) {
            throw new CliError(takenMessage(port, name) + "Choose others with --port.");
        }
    }

    private static String takenMessage(int port, String name) {
        return "Port %d (%s) is taken%s.%n"
                .formatted(
                        port,
                        name,
                        PortProbe.owner(port).map(owner -> " by " + owner).orElse(""));
    }

    /** Taken ports with their names. */
    public Map<Integer, String> takenPorts() {
        return takenPorts(List.of(Service.values()));
    }

    private Map<Integer, String> takenPorts(List<Service> services) {
        Map<Integer, String> taken = new TreeMap<>();
        names(services).forEach((port, name) -> {
            if (!PortProbe.isFree(port)) {
                taken.put(port, name);
            }
        });
        return taken;
    }

    private Map<Integer, String> names(List<Service> services) {
        Map<Integer, String> names = new TreeMap<>();
        for (Service service : services) {
            names.put(http(service), service.folder());
            names.put(management(service), service.folder() + ", management");
        }
        if (services.contains(Service.STREAM)) { // the media server runs with it
            names.put(rtmp(), "media, RTMP");
            names.put(media(), "media, HTTP");
            names.put(srsApi(), "media, API");
        }
        names.put(redis(), LocalRedis.NAME);
        names.put(postgres(), LocalPostgres.NAME);
        return names;
    }

    private int alternativeBase() {
        return base + 1_000 + LAST_OFFSET <= 65_535 ? base + 1_000 : base - 1_000;
    }
}
