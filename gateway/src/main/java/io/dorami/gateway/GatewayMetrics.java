package io.dorami.gateway;

import io.dorami.contracts.errors.CloseCode;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.keys.LogPosition;
import io.dorami.contracts.keys.RoomType;
import io.dorami.contracts.keys.ServiceName;
import io.dorami.gateway.transport.SendStats;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Metrics of the gateway. Labels have a handful of values each: never a room, never a user. */
@ApplicationScoped
public class GatewayMetrics {

    private static final String CONNECTIONS_HELP = "Open connections, by protocol and transport";
    private static final String DROPPED_HELP = "Frames that slow clients did not get, by delivery class";

    private final MeterRegistry registry;
    private final Counter deliveries;
    private final Counter bytes;
    private final Counter writes;
    private final Counter droppedConflated;
    private final Counter droppedDroppable;
    private final Counter resubscriptions;
    private final Counter trimmedLogs;
    private final Map<RoomType, Timer> lag = new EnumMap<>(RoomType.class);
    private final Meter.MeterProvider<Timer> replies;
    private final Meter.MeterProvider<Timer> connects;
    private final Map<String, AtomicInteger> connections = new ConcurrentHashMap<>();
    private final Counter lostViewerSets;

    public GatewayMetrics(MeterRegistry registry) {
        this.registry = registry;
        deliveries = counter("dorami.gateway.deliveries", "Frames written to sockets");
        bytes = counter("dorami.gateway.bytes", "Bytes of the written frames, as on a WebSocket");
        writes = counter(
                "dorami.gateway.writes",
                "System calls that wrote frames; deliveries / writes is the gain of coalescing");
        droppedConflated = counter("dorami.gateway.dropped", DROPPED_HELP, "delivery", "latest");
        droppedDroppable = counter("dorami.gateway.dropped", DROPPED_HELP, "delivery", "lossy");
        resubscriptions = counter("dorami.gateway.resubscriptions", "Reconnects of the Redis subscription connection");
        trimmedLogs = counter("dorami.gateway.past.lost", "Room logs that were trimmed before they were read");
        Meter.MeterProvider<Timer> lags = timers(
                "dorami.gateway.lag",
                "Time from publishing in Redis to the write to the last member's socket, by two clocks");
        for (RoomType type : RoomType.values()) {
            lag.put(type, lags.withTag("room", type.label()));
        }
        replies = timers(
                "dorami.gateway.reply", "Time from a client's request to the write of the service's reply, by event");
        connects = timers(
                "dorami.gateway.connect",
                "Time from a client's hello or CONNECT to the gateway's answer, by protocol and outcome");
        lostViewerSets = counter(
                "dorami.gateway.viewers.lost",
                "Viewer sets that were announced again because Redis has lost them, or may have");
        initializeCounters();
    }

    /** Starts counters at 0, because Prometheus sees no increase from a missing value to 1. */
    private void initializeCounters() {
        recoveries(true);
        recoveries(false);
        List.of(CloseCode.values()).forEach(this::closes);
        List.of(ServiceName.values()).forEach(this::unreachable);
    }

    private Counter counter(String name, String description, String... tags) {
        return Counter.builder(name).description(description).tags(tags).register(registry);
    }

    private Meter.MeterProvider<Timer> timers(String name, String description) {
        return Timer.builder(name).description(description).withRegistry(registry);
    }

    /** Registers a gauge. */
    public void registerGauge(String name, String description, Supplier<Number> value, String... tags) {
        Gauge.builder(name, value).description(description).tags(tags).register(registry);
    }

    /** Counts an opened connection, by protocol and transport. */
    public void connectionOpened(String protocol, String transport) {
        connections(protocol, transport).incrementAndGet();
    }

    public void connectionClosed(String protocol, String transport) {
        connections(protocol, transport).decrementAndGet();
    }

    /** Registers a gauge of connections that are counted elsewhere. */
    public void registerConnections(String protocol, String transport, Supplier<Number> count) {
        registerGauge(
                "dorami.gateway.connections", CONNECTIONS_HELP, count, "format", protocol, "transport", transport);
    }

    private AtomicInteger connections(String protocol, String transport) {
        return connections.computeIfAbsent(protocol + ' ' + transport, key -> {
            AtomicInteger open = new AtomicInteger();
            registerConnections(protocol, transport, open::get);
            return open;
        });
    }

    /** Adds one event loop's statistics to the counters and resets them. */
    public void recordSendStats(SendStats stats) {
        deliveries.increment(stats.framesWritten);
        bytes.increment(stats.bytesWritten);
        writes.increment(stats.flushes);
        droppedConflated.increment(stats.conflatedFrames);
        droppedDroppable.increment(stats.droppedFrames);
        stats.framesWritten = 0;
        stats.bytesWritten = 0;
        stats.flushes = 0;
        stats.conflatedFrames = 0;
        stats.droppedFrames = 0;
    }

    /**
     * Counts a web client's attempt to resume. A client that could not resume started again, with the last messages
     * only.
     */
    public void recordRecovery(boolean recovered) {
        recoveries(recovered).increment();
    }

    private Counter recoveries(boolean recovered) {
        return counter(
                "dorami.gateway.recoveries",
                "Attempts of web clients to resume from an offset, by success",
                "recovered",
                String.valueOf(recovered));
    }

    /** Records the lag of an event that was sent to all members on one event loop. */
    public void recordDelivery(RoomType type, LogPosition position) {
        Objects.requireNonNull(lag.get(type))
                .record(Math.max(0, System.currentTimeMillis() - position.milliseconds()), TimeUnit.MILLISECONDS);
    }

    /**
     * Records the time from a client's request to the write of the service's reply, on this gateway's own clock. chat-service
     * replies to a message after its publication, so this is the latency of chat from its sender's gateway and back.
     *
     * @param event the name of the reply's event, one of some ten
     */
    public void recordReply(String event, long sentNanos) {
        replies.withTag("event", event).record(System.nanoTime() - sentNanos, TimeUnit.NANOSECONDS);
    }

    /**
     * Records the time from a client's hello, or its CONNECT to a namespace, to the write of the gateway's answer.
     *
     * @param rejection null if the client was accepted
     */
    public void recordConnect(String protocol, @Nullable ErrorCode rejection, long startNanos) {
        String outcome = rejection == null ? "ACCEPTED" : rejection.name();
        connects.withTags("format", protocol, "outcome", outcome)
                .record(System.nanoTime() - startNanos, TimeUnit.NANOSECONDS);
    }

    public void recordResubscription() {
        resubscriptions.increment();
    }

    public void recordTrimmedLog() {
        trimmedLogs.increment();
    }

    /** Counts a connection that the gateway closed, by close code; TRY_AGAIN_LATER are slow or silent clients. */
    public void recordClose(CloseCode code) {
        closes(code).increment();
    }

    private Counter closes(CloseCode code) {
        return counter(
                "dorami.gateway.closed", "Connections that the gateway closed, by close code", "code", code.name());
    }

    public void recordLostViewerSet() {
        lostViewerSets.increment();
    }

    /** Counts a call to which no service replied. */
    public void recordUnreachable(ServiceName service) {
        unreachable(service).increment();
    }

    private Counter unreachable(ServiceName service) {
        return counter(
                "dorami.gateway.unreachable", "Calls to unreachable services, by service", "service", service.label());
    }

    /** Counts a request that the gateway rejected, by error code. */
    public void recordRejection(ErrorCode code) {
        counter("dorami.gateway.refused", "Requests that the gateway rejected, by error code", "code", code.name())
                .increment();
    }
}
