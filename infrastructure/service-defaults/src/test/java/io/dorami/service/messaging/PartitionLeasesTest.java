package io.dorami.service.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dorami.contracts.keys.Partition;
import io.dorami.contracts.keys.ServiceName;
import io.dorami.testing.TestRedis;
import io.vertx.mutiny.redis.client.Redis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PartitionLeasesTest {

    private static final Duration LEASE_DURATION = Duration.ofMillis(600);
    private final Redis first = TestRedis.client();
    private final Redis second = TestRedis.client();
    private final List<PartitionLeases> replicas = new ArrayList<>();

    @BeforeEach
    void flush() {
        TestRedis.flush(first);
    }

    @AfterEach
    void close() {
        replicas.forEach(
                leases -> leases.close().onFailure().recoverWithNull().await().indefinitely());
    }

    @Test
    void singleReplicaOwnsAllPartitions() {
        PartitionLeases one = replica(first, "one");
        await().until(() -> one.ownedPartitions().size() == Partition.COUNT);
        one.close().await().indefinitely();
        assertThat(one.ownedPartitions()).isEmpty();
    }

    @Test
    void twoReplicasNeverOwnSamePartition() {
        PartitionLeases one = replica(first, "one");
        await().until(() -> one.ownedPartitions().size() == Partition.COUNT);
        PartitionLeases two = replica(second, "two");
        await().until(() -> {
            assertThat(one.ownedPartitions()).noneMatch(two::owns);
            return one.ownedPartitions().size() == 8 && two.ownedPartitions().size() == 8;
        });
        one.close().await().indefinitely();
        await().until(() -> two.ownedPartitions().size() == Partition.COUNT);
    }

    @Test
    void partitionsOfDeadReplica_areAcquired() {
        PartitionLeases one = replica(first, "one");
        await().until(() -> one.ownedPartitions().size() == Partition.COUNT);
        PartitionLeases two = replica(second, "two");
        first.close(); // can neither renew nor release
        await().until(() -> two.ownedPartitions().size() == Partition.COUNT);
        assertThat(one.ownedPartitions()).isEmpty();
    }

    private PartitionLeases replica(Redis redis, String name) {
        PartitionLeases leases = new PartitionLeases(redis, ServiceName.CHAT, name, LEASE_DURATION);
        replicas.add(leases);
        return leases;
    }
}
