package io.dorami.local;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** A part that was started, and the question whether it is ready. */
public record Readiness(String part, BooleanSupplier ready) {

    // 5 to 8 s as a rule on two cores; ten times that for a busy machine.
    private static final Duration WITHIN = Duration.ofSeconds(90);
    private static final int PROBE_MILLIS = 2_000;
    private static final int TAIL_LINES = 30;

    /** Waits for all of them, one line for each; complains with the log's end about one that is not ready in time. */
    static void await(List<Readiness> parts, DataFolder data, Console screen) {
        List<Readiness> waiting = new ArrayList<>(parts);
        Poll.until(WITHIN, () -> {
            waiting.removeIf(part -> {
                boolean ready = part.ready.getAsBoolean();
                if (ready) {
                    screen.note(part.part, "ready after %.1f s".formatted(screen.seconds()));
                }
                return ready;
            });
            return waiting.isEmpty();
        });
        if (!waiting.isEmpty()) {
            StringBuilder message = new StringBuilder();
            waiting.forEach(part -> message.append("%s is not ready after %d s. The end of %s:%n%s%n"
                    .formatted(
                            part.part,
                            WITHIN.toSeconds(),
                            data.log(part.part),
                            String.join(System.lineSeparator(), RotatingLog.tail(data.log(part.part), TAIL_LINES)))));
            throw new CliError(message.toString());
        }
    }

    /** Whether a service's management port says that it is ready. */
    public static boolean healthy(int port) {
        try {
            HttpURLConnection health = (HttpURLConnection) URI.create("http://127.0.0.1:" + port + "/q/health/ready")
                    .toURL()
                    .openConnection();
            health.setConnectTimeout(PROBE_MILLIS);
            health.setReadTimeout(PROBE_MILLIS);
            int status = health.getResponseCode();
            health.disconnect();
            return status == HttpURLConnection.HTTP_OK;
        } catch (IOException e) {
            return false;
        }
    }
}
