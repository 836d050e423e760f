package io.dorami.service.messaging;

import io.dorami.contracts.keys.Partition;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.ServiceName;
import io.dorami.service.redis.RedisScript;
import io.dorami.service.runtime.PeriodicTask;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.vertx.mutiny.redis.client.Redis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Shares a service's partitions among its replicas. Each holds its share by leases in Redis; those of a replica that
 * died or hangs lapse and are taken by the others. A late owner is harmless, for handlers are idempotent.
 */
public final class PartitionLeases {

    private static final RedisScript REPLICAS = RedisScript.load("replicas");
    private static final RedisScript LEASE = RedisScript.load("lease");
    private static final RedisScript RELEASE = RedisScript.load("release");
    private static final Logger LOG = Logger.getLogger(PartitionLeases.class);

    private final Redis redis;
    private final ServiceName service;
    private final String replica;
    private final Duration time;
    private final List<Partition> order;
    private final Map<Partition, Long> validUntil = new ConcurrentHashMap<>();
    private final Cancellable renewal;

    /**
     * Takes part in the sharing from now on.
     *
     * @param replica a name that no other process has ever had
     * @param time how long a lease lasts; renewed each fifth of it, so that one that lapsed is soon taken
     */
    public PartitionLeases(Redis redis, ServiceName service, String replica, Duration time) {
        this.redis = redis;
        this.service = service;
        this.replica = replica;
        this.time = time;
        // Replicas that start together try in different orders, so that they do not all contend for the same one.
        this.order = new ArrayList<>(Partition.all());
        Collections.shuffle(order, new Random(replica.hashCode()));
        this.renewal = PeriodicTask.repeat(service.label() + " leases", time.dividedBy(5), this::renew);
    }

    /** Whether this replica owns the partition now. */
    public boolean owns(Partition partition) {
        return owns(partition, System.nanoTime());
    }

    /** The partitions that this replica owns now. */
    public List<Partition> owned() {
        long now = System.nanoTime(); // once, for an inbox asks at each read
        List<Partition> owned = new ArrayList<>(Partition.COUNT);
        for (Partition partition : Partition.all()) {
            if (owns(partition, now)) {
                owned.add(partition);
            }
        }
        return owned;
    }

    private boolean owns(Partition partition, long now) {
        Long until = validUntil.get(partition);
        return until != null && until - now > 0;
    }

    /** Gives everything back at once, so that nobody waits for the leases to lapse. */
    public Uni<Void> close() {
        renewal.cancel();
        return REPLICAS.run(redis, List.of(RedisKeys.replicas(service)), List.of(replica, "0"))
                .chain(() -> each(Partition.all(), this::release));
    }

    private Uni<Void> renew() {
        return REPLICAS.run(
                        redis, List.of(RedisKeys.replicas(service)), List.of(replica, String.valueOf(time.toMillis())))
                .chain(alive -> {
                    int share = Math.ceilDiv(Partition.COUNT, Math.max(1, alive.toInteger()));
                    List<Partition> mine = order.stream().filter(this::owns).toList();
                    List<Partition> keep = mine.subList(0, Math.min(share, mine.size()));
                    List<Partition> surplus = mine.subList(keep.size(), mine.size());
                    List<Partition> others =
                            order.stream().filter(p -> !mine.contains(p)).toList();
                    return each(surplus, this::release)
                            .chain(() -> each(keep, this::take))
                            .chain(() -> each(others, p -> owned().size() < share ? take(p) : done()))
                            .invoke(() -> tell(mine.size()));
                });
    }

    private void tell(int before) {
        int now = owned().size();
        if (now != before) {
            LOG.infof("%s: %d of %d partitions are this replica's", service.label(), now, Partition.COUNT);
        }
    }

    private Uni<Void> take(Partition partition) {
        // Counted from before the request and 10% short, so that it ends here no later than in Redis.
        long until = System.nanoTime() + time.toNanos() * 9 / 10;
        return LEASE.run(
                        redis,
                        List.of(RedisKeys.lease(service, partition)),
                        List.of(replica, String.valueOf(time.toMillis())))
                .invoke(held -> {
                    if (held.toInteger() == 0) {
                        validUntil.remove(partition);
                    } else {
                        validUntil.put(partition, until);
                    }
                })
                .replaceWithVoid();
    }

    private Uni<Void> release(Partition partition) {
        if (validUntil.remove(partition) == null) {
            return done();
        }
        return RELEASE.run(redis, List.of(RedisKeys.lease(service, partition)), List.of(replica))
                .replaceWithVoid();
    }

    private static Uni<Void> each(List<Partition> partitions, Function<Partition, Uni<? extends Void>> work) {
        return Multi.createFrom()
                .iterable(partitions)
                .onItem()
                .transformToUniAndConcatenate(work)
                .onItem()
                .ignoreAsUni();
    }

    private static Uni<Void> done() {
        return Uni.createFrom().voidItem();
    }
}
