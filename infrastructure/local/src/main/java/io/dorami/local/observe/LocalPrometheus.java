package io.dorami.local.observe;

import io.dorami.local.CliError;
import io.dorami.local.process.Executables;
import io.dorami.local.process.ProcessSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A real Prometheus with production's rules, which scrapes the services of this launcher. */
public final class LocalPrometheus {

    public static final String NAME = "prometheus";

    /** Rules of production, relative to the repository. */
    public static final String RULES = "infrastructure/monitoring/prometheus/rules";

    /** A person looks at the last minutes here, so scrapes are more frequent than production's 15 s. */
    private static final Duration SCRAPE_INTERVAL = Duration.ofSeconds(5);

    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(1);

    private LocalPrometheus() {}

    /** Finds the executable in the PATH. */
    public static Path findExecutable() {
        return Executables.find(NAME)
                .orElseThrow(() -> new CliError("--observe needs Prometheus: install it (apt install prometheus)."));
    }

    /**
     * Writes the configuration and specifies the process.
     *
     * @param root folder of the repository
     * @param folder folder for the configuration and the samples of the last week
     * @param port port of its page and of queries
     * @param targets management port of each service
     */
    public static ProcessSpec processSpec(
            Path executable, Path root, Path folder, int port, Map<String, Integer> targets) {
        Path configuration = folder.resolve("prometheus.yml");
        try {
            Files.createDirectories(folder);
            Files.writeString(configuration, configuration(root.resolve(RULES), targets));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ProcessSpec(
                NAME,
                List.of(
                        executable.toString(),
                        "--config.file=" + configuration,
                        "--storage.tsdb.path=" + folder.resolve("samples"),
                        "--storage.tsdb.retention.time=7d",
                        "--web.listen-address=127.0.0.1:" + port,
                        "--log.level=warn"),
                Map.of(),
                folder,
                ProcessSpec.TERMINATE);
    }

    /** Returns true if Prometheus answers queries. */
    public static boolean isReady(int port) {
        try (HttpClient http = HttpClient.newHttpClient()) {
            URI address = URI.create(address(port) + "/-/ready");
            return http.send(
                                    HttpRequest.newBuilder(address)
                                            .timeout(PROBE_TIMEOUT)
                                            .build(),
                                    HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Address of its page. */
    public static String address(int port) {
        return "http://localhost:" + port;
    }

    /** The configuration: the same job and label as production's, with this launcher's ports. */
    private static String configuration(Path rules, Map<String, Integer> targets) {
        StringBuilder text =
                new StringBuilder("""
                global:
                  scrape_interval: %ds
                  evaluation_interval: %ds
                rule_files: ["%s/*.rules.yml"]
                scrape_configs:
                  - job_name: dorami
                    metrics_path: /q/metrics
                    static_configs:
                """.formatted(SCRAPE_INTERVAL.toSeconds(), SCRAPE_INTERVAL.toSeconds(), rules));
        targets.forEach((service, managementPort) -> text.append("""
                      - targets: ["127.0.0.1:%d"]
                        labels: {service: %s}
                """.formatted(managementPort, service)));
        return text.toString();
    }
}
