package io.dorami.endtoend.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import io.dorami.endtoend.system.Repository;
import io.dorami.endtoend.system.RunningSystem;
import io.dorami.endtoend.system.TestFolders;
import io.dorami.local.observe.LocalPrometheus;
import io.dorami.local.process.Executables;
import io.dorami.local.process.PortProbe;
import io.dorami.local.process.UnsupervisedServer;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/** The dashboards and alert rules in a real Prometheus that scrapes the system during a show. */
@EnabledIfSystemProperty(named = "observe", matches = ".*")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(RunningSystem.Resolver.class)
class DashboardsIT {

    private static final Path DASHBOARDS = Repository.ROOT.resolve("infrastructure/monitoring/grafana/dashboards");
    private static final Path RULES = Repository.ROOT.resolve("infrastructure/monitoring/prometheus/rules");

    /** Scrapes and rules come every 5 s, and a rate needs two of them. */
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final HttpClient http = HttpClient.newHttpClient();
    private final RunningSystem system;
    private final int port = PortProbe.findFree();
    private @Nullable UnsupervisedServer prometheus;

    DashboardsIT(RunningSystem system) {
        this.system = system;
    }

    @BeforeAll
    void scrapeShow() throws IOException {
        Optional<Path> executable = Executables.find(LocalPrometheus.NAME);
        assumeTrue(executable.isPresent(), "Prometheus is not installed");
        Path folder = TestFolders.create("dorami-prometheus");
        prometheus = new UnsupervisedServer(
                LocalPrometheus.processSpec(executable.get(), Repository.ROOT, folder, port, system.managementPorts()),
                folder.resolve("prometheus.log"),
                () -> LocalPrometheus.isReady(port));
        MeasuredShow.start(system).play(20);
    }

    @AfterAll
    void stop() {
        http.close();
        if (prometheus != null) {
            prometheus.close();
        }
    }

    @Test
    void everyQueryOfEveryDashboardHasData() throws IOException {
        List<String> queries = new ArrayList<>();
        try (Stream<Path> files = Files.list(DASHBOARDS)) {
            for (Path file : files.toList()) {
                Json.read(Files.readString(file), JsonNode.class)
                        .findValues("expr")
                        .forEach(expression -> queries.add(expression.asText()));
            }
        }
        assertThat(queries).hasSizeGreaterThan(50);
        await().atMost(TIMEOUT)
                .untilAsserted(() -> assertThat(queries)
                        .allSatisfy(query -> assertThat(
                                        query("query?query=" + encode(query)).at("/data/result"))
                                .as(query)
                                .isNotEmpty()));
    }

    @Test
    void rulesAreLoadedAndNoAlertFiresInNormalOperation() {
        assertThat(query("rules?type=alert").at("/data/groups").findValuesAsText("name"))
                .contains("ChatSlow", "SrsSilent", "OutboxBehind");
        assertThat(query("alerts").at("/data/alerts").findValuesAsText("alertname"))
                .doesNotContain("ReplicaDown");
    }

    @Test
    void everyAlertFiresOnItsFaultAndIsQuietWithoutIt() throws IOException, InterruptedException {
        Process promtool = new ProcessBuilder("promtool", "test", "rules", "alerts.test.yml", "slo.test.yml")
                .directory(RULES.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(promtool.waitFor()).as(output).isZero();
    }

    private JsonNode query(String path) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(LocalPrometheus.address(port) + "/api/v1/" + path))
                    .build();
            return Json.read(http.send(request, BodyHandlers.ofString()).body(), JsonNode.class);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String encode(String query) {
        return URLEncoder.encode(query, StandardCharsets.UTF_8);
    }
}
