package io.dorami.loadtest.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import io.dorami.loadtest.plan.Plan;
import io.dorami.loadtest.report.Kpi.Verdict;
import io.dorami.loadtest.report.RunResult.CpuUse;
import io.dorami.loadtest.report.RunResult.Latency;
import io.dorami.loadtest.report.RunResult.Messages;
import io.dorami.loadtest.report.RunResult.Player;
import io.dorami.loadtest.report.RunResult.Sales;
import io.dorami.loadtest.report.RunResult.Second;
import io.dorami.loadtest.report.RunResult.Sockets;
import io.dorami.loadtest.report.RunResult.Viewers;
import io.dorami.local.CliError;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class TextReportTest {

    private final LoadResults results = new LoadResults(
            "./dorami load fanout --compare",
            "two cores",
            Instant.parse("2026-11-24T12:00:00Z"),
            List.of(
                    run("dorami", 2.0, 12, 0),
                    run("peer <&>", 6.0, 120, 3),
                    run("dorami", 1.0, 12, 0),
                    run("dorami", 9.0, 12, 0)));

    @Test
    void comparison_usesMedianRun() {
        String text = TextReport.comparison(results);
        assertThat(text).containsPattern("CPU per delivery, server, µs +2\\.00 +6\\.00 +3\\.00");
        assertThat(text).containsPattern("lost +0\\.00 +3\\.00 +-");
        assertThat(text).contains("Repeat: ./dorami load fanout --compare");
    }

    @Test
    void htmlReport_isSelfContainedAndEscapesNames() {
        String html = HtmlReport.of(results);
        assertThat(html)
                .contains("peer &lt;&amp;&gt;")
                .contains("<svg")
                .contains("</html>")
                .doesNotContain("peer <&>")
                .doesNotContain("<script")
                .doesNotContain("http://")
                .doesNotContain("https://")
                .doesNotContain("NaN");
    }

    @Test
    void kpi_isMetMissedOrOpen() {
        Map<String, Verdict> verdicts = verdicts(run("dorami", 1, 12, 0));
        assertThat(verdicts)
                .containsEntry("Message broadcast latency, chat, p99", Verdict.MET)
                .containsEntry("Time to first frame, p95", Verdict.OPEN)
                .containsEntry("API request latency, p95", Verdict.OPEN);
        assertThat(verdicts(run("slow", 1, 120, 0)))
                .containsEntry("Message broadcast latency, chat, p99", Verdict.MISSED);
    }

    @Test
    void results_serialiseToJson() {
        JsonNode json = Json.read(Json.write(results), JsonNode.class);
        assertThat(json.at("/results/1/messages/lost").asLong()).isEqualTo(3);
        assertThat(json.at("/results/0/latency/p99").asDouble()).isPositive();
        assertThat(json.at("/command").asText()).isEqualTo("./dorami load fanout --compare");
    }

    @Test
    void busyLoadCore_invalidatesRun() {
        assertThat(cpu(1, 0.79).invalidReasons()).isEmpty();
        assertThat(cpu(1, 0.81).invalidReasons()).singleElement().asString().contains("void", "81%");
    }

    @Test
    void serverOnLoadCore_invalidatesRun() {
        assertThat(cpu(1, 0.5, 0.31).invalidReasons()).isEmpty();
        assertThat(cpu(1, 0.5, 0.13).invalidReasons())
                .singleElement()
                .asString()
                .contains("void", "beside the load");
    }

    @Test
    void rateAboveUserLimit_isRejectedWithRemedy() {
        assertThatThrownBy(() -> plan(10, 50)).isInstanceOf(CliError.class).hasMessageContaining("at least 32 members");
    }

    private static Map<String, Verdict> verdicts(RunResult run) {
        return Kpi.of(run).stream().collect(Collectors.toMap(Kpi::name, Kpi::verdict));
    }

    private static Plan plan(int members, double rate) {
        return new Plan(
                "fanout",
                1,
                members,
                rate,
                80,
                Duration.ZERO,
                Duration.ofSeconds(5),
                100,
                100,
                false,
                0,
                0,
                0,
                1,
                0,
                50,
                Duration.ofSeconds(1));
    }

    private static CpuUse cpu(double perDelivery, double loadCore) {
        return cpu(perDelivery, loadCore, 0.3);
    }

    private static CpuUse cpu(double perDelivery, double loadCore, double serverCore) {
        return new CpuUse(
                5, 1, Map.of(), 100, perDelivery, perDelivery + 1, 0.2, 0.1, loadCore, serverCore, 1 << 20, 1 << 20);
    }

    private static RunResult run(String target, double perDelivery, long millis, long lost) {
        Histogram measured = new Histogram(3);
        measured.recordValue(millis * 1_000);
        Latency latency = Latency.of(measured);
        Latency none = Latency.of(new Histogram(3));
        return new RunResult(
                target,
                "a server",
                plan(100, 20),
                new Sockets(100, 100, 0, 0, 0),
                new Messages(10, 0, 10, 0, 10, 0, 1_000, lost, 0, 0, 0, 0, 0),
                latency,
                latency,
                latency,
                latency,
                new Sales(0, 0, none, -1, none, 0),
                new Viewers(-1, 100),
                Player.none(),
                cpu(perDelivery, 0.5),
                List.of(new Second(1, true, 100, 20, 2_000, 1, millis, millis, 0.2, 0.5, 1 << 20)),
                Map.of(),
                Map.of(),
                List.of());
    }
}
