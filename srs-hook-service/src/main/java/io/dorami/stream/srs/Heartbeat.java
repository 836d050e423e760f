package io.dorami.stream.srs;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * SRS says that it is there, and how it is; all but the device may be missing, by its configuration.
 *
 * @param deviceId carries the secret: SRS drops the query of its heartbeat's address
 * @param service new at every start of SRS
 */
public record Heartbeat(
        @JsonProperty("device_id") @Nullable String deviceId,
        @Nullable String service,
        @Nullable Summaries summaries) {

    public record Summaries(@Nullable Data data) {}

    public record Data(
            @JsonProperty("self") @Nullable Process process,
            @JsonProperty("system") @Nullable Machine machine) {}

    public record Process(
            @Nullable String version,
            @JsonProperty("srs_uptime") long srsUptime,
            @JsonProperty("cpu_percent") double cpuPercent,
            @JsonProperty("mem_kbyte") long memKbyte) {}

    public record Machine(
            @JsonProperty("load_1m") double load1m,
            @JsonProperty("conn_srs") int connSrs) {}

    /**
     * How SRS is, as far as it says.
     *
     * @param cpuPercent of one core; media runs on one
     * @param load1m of the whole machine
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Load(
            @Nullable String version,
            long uptimeSeconds,
            double cpuPercent,
            long memoryKilobytes,
            double load1m,
            int connections) {}

    /** Empty where SRS is configured without summaries. */
    public Optional<Load> load() {
        if (summaries == null || summaries.data() == null) {
            return Optional.empty();
        }
        Process process = summaries.data().process();
        Machine machine = summaries.data().machine();
        return Optional.of(new Load(
                process == null ? null : process.version(),
                process == null ? 0 : process.srsUptime(),
                process == null ? 0 : process.cpuPercent(),
                process == null ? 0 : process.memKbyte(),
                machine == null ? 0 : machine.load1m(),
                machine == null ? 0 : machine.connSrs()));
    }
}
