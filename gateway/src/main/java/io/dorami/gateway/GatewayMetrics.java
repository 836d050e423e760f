package io.dorami.gateway;

import io.dorami.contracts.ErrorCode;
import io.dorami.contracts.ServiceName;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;

/** What an operator sees of the gateway. Labels have a handful of values each: never a room, never a user. */
@ApplicationScoped
class GatewayMetrics {

    private final MeterRegistry registry;
    private final Counter deliveries;
    private final Counter slow;
    private final Counter resubscriptions;

    GatewayMetrics(MeterRegistry registry) {
        this.registry = registry;
        // dorami_gateway_deliveries_total: frames written to sockets
        deliveries = registry.counter("dorami.gateway.deliveries");
        // dorami_gateway_slow_clients_total: closed because their queue was full
        slow = registry.counter("dorami.gateway.slow.clients");
        // dorami_gateway_resubscriptions_total: times the link for subscriptions was made anew
        resubscriptions = registry.counter("dorami.gateway.resubscriptions");
    }

    /** dorami_gateway_connections, dorami_gateway_rooms: sockets that said hello, and rooms with anybody in them. */
    void gauges(Map<?, ?> clients, Map<?, ?> rooms) {
        Gauge.builder("dorami.gateway.connections", clients, Map::size).register(registry);
        Gauge.builder("dorami.gateway.rooms", rooms, Map::size).register(registry);
    }

    void delivered() {
        deliveries.increment();
    }

    void slow() {
        slow.increment();
    }

    void resubscribed() {
        resubscriptions.increment();
    }

    /** dorami_gateway_unreachable_total: calls that no service answered, by service. */
    void unreachable(ServiceName service) {
        registry.counter("dorami.gateway.unreachable", "service", service.label())
                .increment();
    }

    /** dorami_gateway_refused_total: requests refused here, by error code. */
    void refused(ErrorCode code) {
        registry.counter("dorami.gateway.refused", "code", code.name()).increment();
    }
}
