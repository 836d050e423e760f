package io.dorami.endtoend.viewers;

import io.dorami.endtoend.system.GatewayProcess;
import io.dorami.testing.JsonTestClient;
import io.dorami.testing.TestSecrets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Viewers who watch one stream on several gateways with any number of tabs, and the bounds of a correct viewer count at
 * any moment.
 */
final class ViewerPopulation implements AutoCloseable {

    /** 2 s: a count is published within 500 ms; the rest is a margin for a busy test machine. */
    private static final long UPDATE_NANOS = Duration.ofSeconds(2).toNanos();

    /** 13 s: viewers of a killed gateway count until its lease expires, which takes 10 s and a sweep. */
    private static final long LEASE_EXPIRY_NANOS = Duration.ofSeconds(13).toNanos();

    /** 5 s: minimum remaining time of a lease. A viewer who reconnects within it is counted all the time. */
    private static final long MIN_LEASE_LEFT_NANOS = Duration.ofSeconds(5).toNanos();

    private static final String GUEST_PREFIX = "guest-";

    private final String room;
    private final Map<String, Viewer> viewers = new HashMap<>();

    ViewerPopulation(String room) {
        this.room = room;
    }

    private record Tab(GatewayProcess gateway, JsonTestClient client) {}

    private static final class Viewer {
        final List<Tab> tabs = new ArrayList<>();

        /** Time since which at least one tab is connected: the viewer must be counted from then on. */
        long connectedSince = Long.MAX_VALUE;

        /** Time until which the viewer may be counted although no tab is connected. */
        long mayCountUntil = Long.MIN_VALUE;

        /** Time until which the viewer must be counted although its gateway was killed. */
        long mustCountUntil = Long.MIN_VALUE;
    }

    int tabCount(String name) {
        Viewer viewer = viewers.get(name);
        return viewer == null ? 0 : viewer.tabs.size();
    }

    /** Connected guests; each is one connection and gets a new identity when it reconnects. */
    List<String> connectedGuests() {
        return viewers.entrySet().stream()
                .filter(viewer -> viewer.getKey().startsWith(GUEST_PREFIX)
                        && !viewer.getValue().tabs.isEmpty())
                .map(Map.Entry::getKey)
                .toList();
    }

    void connectGuest(GatewayProcess gateway) {
        connect(GUEST_PREFIX + viewers.size(), gateway);
    }

    /** Reconnects a viewer after its gateway was killed. */
    void reconnect(String name, GatewayProcess gateway) {
        if (name.startsWith(GUEST_PREFIX)) {
            connectGuest(gateway);
        } else {
            connect(name, gateway);
        }
    }

    /** Opens a tab, and returns when the join is confirmed. */
    void connect(String name, GatewayProcess gateway) {
        Viewer viewer = viewers.computeIfAbsent(name, n -> new Viewer());
        viewer.mayCountUntil = Math.max(viewer.mayCountUntil, System.nanoTime() + UPDATE_NANOS);
        @Nullable String token = name.startsWith(GUEST_PREFIX) ? null : TestSecrets.userToken(name, name);
        viewer.tabs.add(new Tab(
                gateway, JsonTestClient.connect(gateway.socketUrl(), token).join(room)));
        viewer.connectedSince = Math.min(viewer.connectedSince, System.nanoTime());
    }

    /** Closes a tab. */
    void disconnect(String name) {
        Viewer viewer = viewers.get(name);
        if (viewer != null && !viewer.tabs.isEmpty()) {
            viewer.tabs.removeFirst().client().close();
            if (viewer.tabs.isEmpty()) {
                markDisconnected(viewer, UPDATE_NANOS);
            }
        }
    }

    /** Removes the tabs of a killed gateway; returns the name of the viewer of each tab. */
    List<String> removeKilled(GatewayProcess gateway) {
        List<String> affected = new ArrayList<>();
        viewers.forEach((name, viewer) -> {
            List<Tab> closedTabs = viewer.tabs.stream()
                    .filter(tab -> tab.gateway().equals(gateway))
                    .toList();
            closedTabs.forEach(tab -> {
                viewer.tabs.remove(tab);
                tab.client().close();
                affected.add(name);
            });
            if (!closedTabs.isEmpty()) {
                if (viewer.tabs.isEmpty() && System.nanoTime() - viewer.connectedSince > UPDATE_NANOS) {
                    viewer.mustCountUntil = System.nanoTime() + MIN_LEASE_LEFT_NANOS;
                }
                // Even if another tab remains: its closing has no effect on the count until the lease expires.
                viewer.mayCountUntil = Math.max(viewer.mayCountUntil, System.nanoTime() + LEASE_EXPIRY_NANOS);
                if (viewer.tabs.isEmpty()) {
                    markDisconnected(viewer, LEASE_EXPIRY_NANOS);
                }
            }
        });
        return affected;
    }

    private static void markDisconnected(Viewer viewer, long countableNanos) {
        viewer.connectedSince = Long.MAX_VALUE;
        viewer.mayCountUntil = Math.max(viewer.mayCountUntil, System.nanoTime() + countableNanos);
    }

    /** Number of connected viewers. */
    long connectedCount() {
        return viewers.values().stream()
                .filter(viewer -> !viewer.tabs.isEmpty())
                .count();
    }

    /** Lowest correct count at this moment. */
    long minCount() {
        long now = System.nanoTime();
        return viewers.values().stream()
                .filter(viewer -> (viewer.connectedSince < Long.MAX_VALUE && now - viewer.connectedSince > UPDATE_NANOS)
                        || now < viewer.mustCountUntil)
                .count();
    }

    /** Highest correct count at this moment. */
    long maxCount() {
        long now = System.nanoTime();
        return viewers.values().stream()
                .filter(viewer -> !viewer.tabs.isEmpty() || now < viewer.mayCountUntil)
                .count();
    }

    @Override
    public void close() {
        viewers.values()
                .forEach(viewer -> viewer.tabs.forEach(tab -> tab.client().close()));
    }
}
