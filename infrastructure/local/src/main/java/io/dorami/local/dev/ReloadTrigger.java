package io.dorami.local.dev;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;

/**
 * Makes a service in Quarkus' development mode reload. Such a service scans its sources only when it receives a request,
 * and not within 2 s after the last scan began. A second request follows after that time, because a client's request may
 * have caused a scan just before the change.
 */
public final class ReloadTrigger {

    /** Quarkus' interval of 2 s, and a reserve for the clocks of two processes. */
    public static final Duration SCAN_INTERVAL = Duration.ofMillis(2_100);

    private static final int REQUESTS_PER_CHANGE = 2;
    private static final int CONNECT_TIMEOUT_MILLIS = 1_000;
    private static final int RELOAD_TIMEOUT_MILLIS = 30_000; // usually 2 to 4 s on two cores

    private final URI service;
    private final Duration scanInterval;
    private int pendingRequests;
    private long nextRequestNanos;

    /** @param service address of the service's HTTP port */
    public ReloadTrigger(URI service, Duration scanInterval) {
        this.service = service;
        this.scanInterval = scanInterval;
    }

    /** Schedules the requests for a change. */
    public void schedule() {
        pendingRequests = REQUESTS_PER_CHANGE;
        nextRequestNanos = System.nanoTime();
    }

    /** Sends a request if one is due, and waits for the reload. While the service is not reachable, the request stays due. */
    public void poll() {
        long now = System.nanoTime();
        if (pendingRequests > 0 && now - nextRequestNanos >= 0 && send()) {
            pendingRequests--;
            nextRequestNanos = now + scanInterval.toNanos();
        }
    }

    /** Returns true if the service responded, with any status. */
    private boolean send() {
        try {
            HttpURLConnection request = (HttpURLConnection) service.toURL().openConnection();
            request.setConnectTimeout(CONNECT_TIMEOUT_MILLIS);
            request.setReadTimeout(RELOAD_TIMEOUT_MILLIS);
            request.setInstanceFollowRedirects(false);
            request.getResponseCode();
            request.disconnect();
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
