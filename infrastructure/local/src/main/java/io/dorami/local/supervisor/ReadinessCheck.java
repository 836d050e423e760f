package io.dorami.local.supervisor;

import io.dorami.local.CliError;
import io.dorami.local.process.Poll;
import io.dorami.local.process.RotatingLog;
import io.dorami.local.system.DataFolder;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Readiness check of a started process. */
public record ReadinessCheck(String process, BooleanSupplier probe) {

    // Usually 5 to 8 s on two cores; ten times that for a busy machine.
    private static final Duration READY_TIMEOUT = Duration.ofSeconds(90);
    private static final int PROBE_TIMEOUT_MILLIS = 2_000;
    private static final int LOG_TAIL_LINES = 30;

    /**
     * Waits until all are ready and prints a line for each. After the timeout, fails with the end of the logs of the
     * rest.
     */
    public static void awaitAll(List<ReadinessCheck> checks, DataFolder data, Console console) {
        List<ReadinessCheck> waiting = new ArrayList<>(checks);
        Poll.until(READY_TIMEOUT, () -> {
            waiting.removeIf(check -> {
                boolean ready = check.probe.getAsBoolean();
                if (ready) {
                    console.printStatus(check.process, "ready after %.1f s".formatted(console.uptimeSeconds()));
                }
                return ready;
            });
            return waiting.isEmpty();
        });
        if (!waiting.isEmpty()) {
            StringBuilder message = new StringBuilder();
            waiting.forEach(check -> message.append("%s is not ready after %d s. Last lines of %s:%n%s%n"
                    .formatted(
                            check.process,
                            READY_TIMEOUT.toSeconds(),
                            data.log(check.process),
                            String.join(
                                    System.lineSeparator(),
                                    RotatingLog.tail(data.log(check.process), LOG_TAIL_LINES)))));
            throw new CliError(message.toString());
        }
    }

    /** Queries the readiness of a service on its management port. */
    public static boolean isServiceReady(int port) {
        try {
            HttpURLConnection health = (HttpURLConnection) URI.create("http://127.0.0.1:" + port + "/q/health/ready")
                    .toURL()
                    .openConnection();
            health.setConnectTimeout(PROBE_TIMEOUT_MILLIS);
            health.setReadTimeout(PROBE_TIMEOUT_MILLIS);
            int status = health.getResponseCode();
            health.disconnect();
            return status == HttpURLConnection.HTTP_OK;
        } catch (IOException e) {
            return false;
        }
    }
}
