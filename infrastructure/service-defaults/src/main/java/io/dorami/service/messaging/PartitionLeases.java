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
 * Distributes a service's partitions among its replicas by leases in Redis. The leases of a replica that died or hangs
 * expire and the other replicas acquire them. A late owner is harmless, because handlers are idempotent.
 */
public final class PartitionLeases {

    private static final RedisScript REGISTER_REPLICA = RedisScript.load("register-replica");
    private static final RedisScript ACQUIRE = RedisScript.load("acquire-lease");
    private static final RedisScript RELEASE = RedisScript.load("release-lease");
    private static final Logger LOG = Logger.getLogger(PartitionLeases.class);

    private final Redis redis;
    private final ServiceName service;
    private final String replica;
    private final Duration leaseDuration;
    private final List<Partition> acquisitionOrder;
    private final Map<Partition, Long> validUntil = new ConcurrentHashMap<>();
    private final Cancellable renewal;

    /**
     * Starts to acquire and renew leases.
     *
     * @param replica a name that no other process has ever had
     * @param leaseDuration the duration of a lease. Renewal runs every fifth of it, so that expired leases are acquired
     *     soon
     */
    PartitionLeases(Redis redis, ServiceName service, String replica, Duration leaseDuration) {
        this.redis = redis;
        this.service = service;
        this.replica = replica;
        this.leaseDuration = leaseDuration;
        // Replicas that start together acquire in different orders, so that they do not contend for the same partition.
        this.acquisitionOrder = new ArrayList<>(Partition.all());
        Collections.shuffle(acquisitionOrder, new Random(replica.hashCode()));
        this.renewal = PeriodicTask.start(service.label() + " leases", leaseDuration.dividedBy(5), this::renew);
    }

    /** Returns true if this replica owns the partition now. */
    public boolean owns(Partition partition) {
        return owns(partition, System.nanoTime());
    }

    /** The partitions that this replica owns now. */
    public List<Partition> ownedPartitions() {
        long now = System.nanoTime(); // read once, because an inbox calls this method at each read
        List<Partition> owned = new ArrayList<>(Partition.COUNT);
        for (Partition partition : Partition.all()) {
            if (owns(partition, now)) {
                owned.add(partition);
            }
        }
        return owned;
    }

    private boolean owns(Partition partition, long now) {
        Long expiry = validUntil.get(partition);
        return expiry != null && expiry - now > 0;
    }

    /** Releases all leases at once, so that other replicas need not wait for their expiry. */
    Uni<Void> close() {
        renewal.cancel();
        return REGISTER_REPLICA
                .run(redis, List.of(RedisKeys.replicas(service)), List.of(replica, "0"))
                .chain(() -> forEach(Partition.all(), this::release));
    }

    private Uni<Void> renew() {
        return REGISTER_REPLICA
                .run(
                        redis,
                        List.of(RedisKeys.replicas(service)),
                        List.of(replica, String.valueOf(leaseDuration.toMillis())))
                .chain(alive -> {
                    int share = Math.ceilDiv(Partition.COUNT, Math.max(1, alive.toInteger()));
                    List<Partition> owned =
                            acquisitionOrder.stream().filter(this::owns).toList();
                    List<Partition> kept = owned.subList(0, Math.min(share, owned.size()));
                    List<Partition> surplus = owned.subList(kept.size(), owned.size());
                    List<Partition> others = acquisitionOrder.stream()
                            .filter(partition -> !owned.contains(partition))
                            .toList();
                    return forEach(surplus, this::release)
                            .chain(() -> forEach(kept, this::acquire))
                            .chain(() -> forEach(
                                    others,
                                    partition -> ownedPartitions().size() < share ? acquire(partition) : done()))
                            .invoke(() -> logChange(owned.size()));
                });
    }

    private void logChange(int before) {
        int now = ownedPartitions().size();
        if (now != before) {
            LOG.infof("Partitions owned: service=%s owned=%d total=%d", service.label(), now, Partition.COUNT);
        }
    }

    private Uni<Void> acquire(Partition partition) {
        // Measured from before the request and shortened by 10%, so that the lease ends here no later than in Redis.
        long expiry = System.nanoTime() + leaseDuration.toNanos() * 9 / 10;
        return ACQUIRE.run(
                        redis,
                        List.of(RedisKeys.lease(service, partition)),
                        List.of(replica, String.valueOf(leaseDuration.toMillis())))
                .invoke(acquired -> {
                    if (acquired.toInteger() == 0) {
                        validUntil.remove(partition);
                    } else {
                        validUntil.put(partition, expiry);
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

    private static Uni<Void> forEach(List<Partition> partitions, Function<Partition, Uni<? extends Void>> work) {
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
