package io.dorami.service.messaging;

import io.dorami.contracts.keys.LogPosition;
import io.dorami.contracts.keys.Partition;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.ServiceName;
import io.dorami.service.runtime.PeriodicTask;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import io.vertx.mutiny.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The messages of an inbox that are not handled yet; handled ones are deleted.
 *
 * @param oldestAge the age of the oldest message by the clock of Redis, which gave it its id; zero without messages
 */
record InboxBacklog(long messages, Duration oldestAge) {

    static final InboxBacklog EMPTY = new InboxBacklog(0, Duration.ZERO);

    /** Two commands for each of 16 partitions are 6 commands/s, and an operator's scrape comes every 15 s. */
    private static final Duration SAMPLING_INTERVAL = Duration.ofSeconds(5);

    /** Samples the partitions that this replica owns until the result is cancelled. */
    static Cancellable startSampling(Redis redis, ServiceName service, PartitionLeases leases, InboxMetrics metrics) {
        return PeriodicTask.start(
                service.label() + " inbox backlog",
                SAMPLING_INTERVAL,
                () -> sample(redis, service, leases.ownedPartitions())
                        .invoke(metrics::setBacklog)
                        .replaceWithVoid());
    }

    static Uni<InboxBacklog> sample(Redis redis, ServiceName service, List<Partition> partitions) {
        List<Request> requests = new ArrayList<>();
        requests.add(Request.cmd(Command.TIME));
        for (Partition partition : partitions) {
            String inbox = RedisKeys.inbox(service, partition);
            requests.add(Request.cmd(Command.XLEN).arg(inbox));
            requests.add(Request.cmd(Command.XRANGE)
                    .arg(inbox)
                    .arg("-")
                    .arg("+")
                    .arg("COUNT")
                    .arg(1));
        }
        return redis.batch(requests).map(InboxBacklog::parse);
    }

    private static InboxBacklog parse(List<Response> responses) {
        Response time = responses.getFirst();
        long now = time.get(0).toLong() * 1_000 + time.get(1).toLong() / 1_000;
        long messages = 0;
        long oldest = now;
        for (int i = 1; i < responses.size(); i += 2) {
            messages += responses.get(i).toLong();
            Response first = responses.get(i + 1);
            if (first.size() > 0) {
                oldest = Math.min(
                        oldest,
                        LogPosition.parse(first.get(0).get(0).toString()).milliseconds());
            }
        }
        return new InboxBacklog(messages, Duration.ofMillis(now - oldest));
    }
}
