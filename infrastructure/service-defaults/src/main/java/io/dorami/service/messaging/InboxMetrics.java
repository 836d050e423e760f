package io.dorami.service.messaging;

import io.dorami.contracts.keys.ServiceName;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.smallrye.mutiny.Uni;
import java.util.concurrent.TimeUnit;

/** Metrics of a service's inbox: how long messages wait, and how long the service takes for each. */
final class InboxMetrics {

    private final Timer handling;
    private final Counter deadLetters;
    private volatile InboxBacklog backlog = InboxBacklog.EMPTY;

    InboxMetrics(MeterRegistry registry, ServiceName service) {
        String inbox = service.label();
        handling = Timer.builder("dorami.inbox.handling")
                .description("Time in which a message of the inbox was handled, failures included")
                .tag("inbox", inbox)
                .register(registry);
        deadLetters = Counter.builder("dorami.inbox.dead.letters")
                .description("Messages that could not be handled and were set aside for a person to examine")
                .tag("inbox", inbox)
                .register(registry);
        Gauge.builder("dorami.inbox.waiting.messages", () -> backlog.messages())
                .description("Messages in this replica's partitions of the inbox that are not handled yet")
                .tag("inbox", inbox)
                .register(registry);
        Gauge.builder(
                        "dorami.inbox.oldest.message.age",
                        () -> backlog.oldestAge().toMillis() / 1_000.0)
                .description("Age of the oldest of these messages by the clock of Redis; 0 without one")
                .baseUnit("seconds")
                .tag("inbox", inbox)
                .register(registry);
    }

    /** Measures the time from the subscription to the end of the work. */
    Uni<Void> measure(Uni<Void> work) {
        return Uni.createFrom().deferred(() -> {
            long start = System.nanoTime();
            return work.onTermination().invoke(() -> handling.record(System.nanoTime() - start, TimeUnit.NANOSECONDS));
        });
    }

    void countDeadLetter() {
        deadLetters.increment();
    }

    void setBacklog(InboxBacklog current) {
        backlog = current;
    }
}
