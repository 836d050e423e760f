package io.dorami.gateway;

import io.dorami.contracts.errors.CloseCode;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.keys.LogPosition;
import io.dorami.contracts.keys.ServiceName;
import io.dorami.gateway.hub.FrameEncoder;
import io.dorami.gateway.hub.Shard;
import io.dorami.gateway.socketio.engine.EngineServer;
import io.dorami.gateway.transport.SendStats;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** What an operator sees of the gateway. Labels have a handful of values each: never a room, never a user. */
@ApplicationScoped
public class GatewayMetrics {

    private final MeterRegistry registry;
    private final Counter deliveries;
    private final Counter bytes;
    private final Counter writes;
    private final Counter droppedLatest;
    private final Counter droppedLossy;
    private final Counter resubscriptions;
    private final Counter pastLost;
    private final Timer lag;
    private final Timer loopLag;
    private final Map<String, AtomicInteger> connections = new ConcurrentHashMap<>();
    private final Counter viewersLost;

    GatewayMetrics(MeterRegistry registry) {
        this.registry = registry;
        // dorami_gateway_deliveries_total: frames given to sockets
        deliveries = registry.counter("dorami.gateway.deliveries");
        // dorami_gateway_bytes_total: their bytes, as on a WebSocket
        bytes = registry.counter("dorami.gateway.bytes");
        // dorami_gateway_writes_total: system calls for them; deliveries / writes is what coalescing saves
        writes = registry.counter("dorami.gateway.writes");
        // dorami_gateway_dropped_total: frames that slow clients did not get, by delivery class
        droppedLatest = registry.counter("dorami.gateway.dropped", "delivery", "latest");
        droppedLossy = registry.counter("dorami.gateway.dropped", "delivery", "lossy");
        // dorami_gateway_resubscriptions_total: times the link for subscriptions was made anew
        resubscriptions = registry.counter("dorami.gateway.resubscriptions");
        // dorami_gateway_past_lost_total: logs that no longer had the position up to which they were read
        pastLost = registry.counter("dorami.gateway.past.lost");
        // dorami_gateway_lag_seconds: from the publishing in Redis to the write to the last member's socket, by two
        // clocks
        lag = Timer.builder("dorami.gateway.lag")
                .serviceLevelObjectives(milliseconds(1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500))
                .register(registry);
        // dorami_gateway_loop_lag_seconds: how late an event loop does what it was to do now
        loopLag = Timer.builder("dorami.gateway.loop.lag")
                .serviceLevelObjectives(milliseconds(1, 5, 10, 25, 50, 100, 250, 1_000))
                .register(registry);
        // dorami_gateway_viewers_lost_total: sets of viewers that were announced anew: Redis has lost them, or may have
        viewersLost = registry.counter("dorami.gateway.viewers.lost");
    }

    private static Duration[] milliseconds(int... bounds) {
        return IntStream.of(bounds).mapToObj(Duration::ofMillis).toArray(Duration[]::new);
    }

    /**
     * dorami_gateway_rooms: rooms with anybody in them, counted on each event loop. dorami_gateway_queued_frames and
     * _bytes: what waits for slow clients; a frame counts in each queue, though it is shared.
     */
    public void gauges(Collection<Shard> shards) {
        gauge("dorami.gateway.rooms", shards, Shard::rooms);
        gauge("dorami.gateway.queued.frames", shards, Shard::queuedFrames);
        gauge("dorami.gateway.queued.bytes", shards, Shard::queuedBytes);
    }

    private void gauge(String name, Collection<Shard> shards, ToDoubleFunction<Shard> value) {
        Gauge.builder(name, shards, all -> all.stream().mapToDouble(value).sum())
                .register(registry);
    }

    /** dorami_gateway_connections: open, by wire format and transport. */
    public void opened(FrameEncoder format, String transport) {
        connections(format, transport).incrementAndGet();
    }

    public void closed(FrameEncoder format, String transport) {
        connections(format, transport).decrementAndGet();
    }

    /** The same for Socket.IO, whose connections may change from one transport to the other. */
    public void socketIo(EngineServer server) {
        for (boolean polling : new boolean[] {false, true}) {
            Gauge.builder("dorami.gateway.connections", server, engine -> engine.count(polling))
                    .tag("format", "socketio")
                    .tag("transport", polling ? "polling" : "websocket")
                    .register(registry);
        }
    }

    private AtomicInteger connections(FrameEncoder format, String transport) {
        return connections.computeIfAbsent(format.label() + ' ' + transport, both -> {
            AtomicInteger open = new AtomicInteger();
            Gauge.builder("dorami.gateway.connections", open, AtomicInteger::get)
                    .tag("format", format.label())
                    .tag("transport", transport)
                    .register(registry);
            return open;
        });
    }

    /** Takes over what was counted on one event loop since the last time. */
    public void add(SendStats tally) {
        deliveries.increment(tally.deliveries);
        bytes.increment(tally.bytes);
        writes.increment(tally.writes);
        droppedLatest.increment(tally.droppedLatest);
        droppedLossy.increment(tally.droppedLossy);
        tally.deliveries = 0;
        tally.bytes = 0;
        tally.writes = 0;
        tally.droppedLatest = 0;
        tally.droppedLossy = 0;
    }

    /**
     * dorami_gateway_recoveries_total: web clients that asked to go on from where they were, and whether they could; the
     * others began anew, with the last messages only.
     */
    public void recovered(boolean recovered) {
        registry.counter("dorami.gateway.recoveries", "recovered", String.valueOf(recovered))
                .increment();
    }

    /** A room's event was given to all its members on one event loop. */
    public void delivered(LogPosition position) {
        lag.record(Math.max(0, System.currentTimeMillis() - position.milliseconds()), TimeUnit.MILLISECONDS);
    }

    public void loopLag(long nanoseconds) {
        loopLag.record(Math.max(0, nanoseconds), TimeUnit.NANOSECONDS);
    }

    public void resubscribed() {
        resubscriptions.increment();
    }

    public void pastLost() {
        pastLost.increment();
    }

    /** dorami_gateway_closed_total: connections closed from here, by close code; TRY_AGAIN_LATER are slow clients. */
    public void closed(CloseCode code) {
        registry.counter("dorami.gateway.closed", "code", code.name()).increment();
    }

    public void viewersLost() {
        viewersLost.increment();
    }

    /** dorami_gateway_unreachable_total: calls that no service answered, by service. */
    public void unreachable(ServiceName service) {
        registry.counter("dorami.gateway.unreachable", "service", service.label())
                .increment();
    }

    /** dorami_gateway_refused_total: requests refused here, by error code. */
    public void refused(ErrorCode code) {
        registry.counter("dorami.gateway.refused", "code", code.name()).increment();
    }
}
