package io.dorami.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import java.util.TreeMap;

/** Every port of the system, counted from the gateway's; all on 127.0.0.1. */
public record Ports(int base) {

    private static final int MANAGEMENT = 10;
    private static final int REDIS = 20;
    private static final int POSTGRES = 21;

    public Ports {
        if (base < 1 || base + POSTGRES > 65_535) {
            throw new CliError("Port " + base + " does not do: " + (POSTGRES + 1) + " ports from it on must fit.");
        }
    }

    public int http(Service service) {
        return base + service.ordinal();
    }

    public int management(Service service) {
        return base + MANAGEMENT + service.ordinal();
    }

    public int redis() {
        return base + REDIS;
    }

    public int postgres() {
        return base + POSTGRES;
    }

    /** Address of the gateway, as people and their browsers write it. */
    public String address() {
        return "http://localhost:" + base;
    }

    /** Complains about every port that is taken, by whom, and how to choose others. */
    public void requireFree() {
        Map<Integer, String> taken = taken();
        if (!taken.isEmpty()) {
            StringBuilder message = new StringBuilder();
            taken.forEach((port, what) -> message.append(taken(port, what)));
            throw new CliError(message + "Choose others: --port %d".formatted(another()));
        }
    }

    /** Complains about one port of no service, if it is taken. */
    public static void requireFree(int port, String what) {
        if (!free(port)) {
            throw new CliError(taken(port, what) + "Choose others with --port.");
        }
    }

    private static String taken(int port, String what) {
        return "Port %d (%s) is taken%s.%n"
                .formatted(port, what, PortOwner.of(port).map(o -> " by " + o).orElse(""));
    }

    Map<Integer, String> taken() {
        Map<Integer, String> taken = new TreeMap<>();
        all().forEach((port, what) -> {
            if (!free(port)) {
                taken.put(port, what);
            }
        });
        return taken;
    }

    private Map<Integer, String> all() {
        Map<Integer, String> all = new TreeMap<>();
        for (Service service : Service.values()) {
            all.put(http(service), service.folder());
            all.put(management(service), service.folder() + ", management");
        }
        all.put(redis(), LocalRedis.NAME);
        all.put(postgres(), LocalPostgres.NAME);
        return all;
    }

    private int another() {
        return base + 1_000 + POSTGRES <= 65_535 ? base + 1_000 : base - 1_000;
    }

    private static boolean free(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    /** A port that is free now, for tests. */
    static int anyFree() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
