package io.dorami.service.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The process's memory as the operating system counts it, the number that a container's limit applies to. Without Linux's
 * {@code /proc} the metric is not a number.
 */
@ApplicationScoped
class ResidentMemory {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String LABEL = "VmRSS:";

    void register(@Observes StartupEvent event, MeterRegistry registry) {
        Gauge.builder("process.resident.memory", ResidentMemory::read)
                .description("Memory of the process that is in RAM")
                .baseUnit("bytes")
                .register(registry);
    }

    private static double read() {
        try (Stream<String> lines = Files.lines(STATUS)) {
            return lines.filter(line -> line.startsWith(LABEL))
                    .findFirst()
                    .map(ResidentMemory::parse)
                    .orElse(Double.NaN);
        } catch (IOException e) {
            return Double.NaN;
        }
    }

    /** Parses a line such as {@code VmRSS:  123456 kB}. */
    private static double parse(String line) {
        return Double.parseDouble(
                        line.substring(LABEL.length(), line.lastIndexOf(' ')).strip())
                * 1_024;
    }
}
