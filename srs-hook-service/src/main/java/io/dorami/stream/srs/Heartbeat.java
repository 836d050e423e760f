package io.dorami.stream.srs;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * SRS's heartbeat. All fields but the device may be missing, depending on SRS's configuration.
 *
 * @param deviceId the secret, because SRS drops the query of its heartbeat's address
 * @param service SRS's service id, new at every start
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
     * The load of SRS, as far as its heartbeat reports it.
     *
     * @param cpuPercent percent of one core, because SRS handles media on one core
     * @param load1m load average of the whole machine
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Load(
            @Nullable String version,
            long uptimeSeconds,
            double cpuPercent,
            long memoryKilobytes,
            double load1m,
            int connections) {}

    /** The load; empty if SRS is configured without summaries. */
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
