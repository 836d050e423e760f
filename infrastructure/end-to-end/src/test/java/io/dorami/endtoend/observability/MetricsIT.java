package io.dorami.endtoend.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dorami.contracts.events.DirectEvent.ChatSent;
import io.dorami.endtoend.system.RunningSystem;
import io.dorami.local.system.Service;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Metrics of all services after a small show: described, with units, and with a bounded number of series. */
@ExtendWith(RunningSystem.Resolver.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MetricsIT {

    /** Statuses, routes, event names, pools: none has more values. A room, a user or a connection soon would. */
    private static final int MAX_LABEL_VALUES = 60;

    private static final int VIEWERS = 100;

    /** Last words of gauges that count or name a state. Times end in {@code _seconds}, sizes in {@code _bytes}. */
    private static final Set<String> COUNTED =
            Set.of("connections", "requests", "frames", "rooms", "participants", "messages", "state");

    private static final Pattern UNIT = Pattern.compile(".*_(seconds|bytes|total|ratio|seconds_max)");

    private static final Pattern UUID = Pattern.compile(".*[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-.*");

    /** Media types that Prometheus 3 offers. */
    private static final String PROMETHEUS_3 = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
            + "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
            + "text/plain;version=0.0.4;q=0.3,*/*;q=0.2";

    private final RunningSystem system;
    private final MeasuredShow measured;

    MetricsIT(RunningSystem system) {
        this.system = system;
        this.measured = MeasuredShow.start(system);
    }

    @BeforeAll
    void playShow() {
        measured.play(VIEWERS);
    }

    @ParameterizedTest
    @EnumSource(Service.class)
    void everyMetricIsDescribed(Service service) {
        ScrapedMetrics metrics = scrape(service);
        assertThat(metrics.types()).isNotEmpty();
        assertThat(metrics.types().keySet())
                .allSatisfy(
                        name -> assertThat(metrics.help().get(name)).as(name).isNotBlank());
    }

    @ParameterizedTest
    @EnumSource(Service.class)
    void everyMetricHasItsUnit(Service service) {
        Map<String, String> types = scrape(service).types();
        assertThat(types.keySet().stream().filter(name -> name.startsWith("dorami_")))
                .isNotEmpty()
                .allMatch(name -> "counter".equals(types.get(name))
                        || UNIT.matcher(name).matches()
                        || COUNTED.contains(name.substring(name.lastIndexOf('_') + 1)));
    }

    @ParameterizedTest
    @EnumSource(Service.class)
    void labelsAreBounded(Service service) {
        Map<String, Set<String>> values = new TreeMap<>();
        scrape(service)
                .samples()
                .forEach(sample -> sample.labels()
                        .forEach((label, value) -> values.computeIfAbsent(
                                        sample.name() + '.' + label, key -> new HashSet<>())
                                .add(value)));
        assertThat(values)
                .isNotEmpty()
                .allSatisfy((label, found) -> assertThat(found)
                        .as(label)
                        .hasSizeLessThanOrEqualTo(MAX_LABEL_VALUES)
                        .noneMatch(value -> UUID.matcher(value).matches())
                        .noneMatch(value ->
                                value.contains(measured.show().key()) || value.contains(MeasuredShow.VIEWER_PREFIX)));
    }

    @ParameterizedTest
    @EnumSource(Service.class)
    void prometheus3IsAnswered(Service service) {
        assertThat(system.metrics(service, PROMETHEUS_3).status()).isEqualTo(200);
    }

    @Test
    void kpisOfTheShowAreMeasured() {
        ScrapedMetrics gateway = scrape(Service.GATEWAY);
        assertThat(gateway.sum("dorami_gateway_connect_seconds_count")).isGreaterThanOrEqualTo(VIEWERS);
        assertThat(gateway.samples().stream()
                        .filter(sample -> sample.name().equals("dorami_gateway_reply_seconds_count")
                                && ChatSent.NAME.equals(sample.labels().get("event")))
                        .mapToDouble(ScrapedMetrics.Sample::value)
                        .sum())
                .isGreaterThanOrEqualTo(VIEWERS);
        assertThat(scrape(Service.CHAT).sum("dorami_inbox_handling_seconds_count"))
                .isGreaterThanOrEqualTo(VIEWERS);
        assertThat(scrape(Service.PRODUCT).samples().stream()
                        .filter(sample -> sample.name().equals("http_server_requests_seconds_bucket"))
                        .map(sample -> sample.labels().get("uri")))
                .contains("/api/products/{id}", "/api/cart");
        await().untilAsserted(() -> assertThat(scrape(Service.CHAT).sum("dorami_inbox_waiting_messages"))
                .isZero());
    }

    @Test
    void bucketsCoverTheTargets() {
        List<String> bounds = scrape(Service.GATEWAY).samples().stream()
                .filter(sample -> sample.name().equals("dorami_gateway_reply_seconds_bucket"))
                .map(sample -> sample.labels().get("le"))
                .distinct()
                .toList();
        // Connect 500 ms, chat 100 ms, product 50 ms: the analysis's targets are bounds, so a share under them is
        // exact.
        assertThat(bounds).contains("0.05", "0.1", "0.5");
    }

    private ScrapedMetrics scrape(Service service) {
        return ScrapedMetrics.parse(system.metrics(service, "text/plain").body());
    }
}
