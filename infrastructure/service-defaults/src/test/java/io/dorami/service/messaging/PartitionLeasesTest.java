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

    private static final Duration TIME = Duration.ofMillis(600);
    private final Redis first = TestRedis.client();
    private final Redis second = TestRedis.client();
    private final List<PartitionLeases> replicas = new ArrayList<>();

    @BeforeEach
    void forget() {
        TestRedis.flush(first);
    }

    @AfterEach
    void close() {
        replicas.forEach(
                leases -> leases.close().onFailure().recoverWithNull().await().indefinitely());
    }

    @Test
    void oneReplicaOwnsAll() {
        PartitionLeases one = replica(first, "one");
        await().until(() -> one.owned().size() == Partition.COUNT);
        one.close().await().indefinitely();
        assertThat(one.owned()).isEmpty();
    }

    @Test
    void twoReplicasShareAndNeverOwnTheSame() {
        PartitionLeases one = replica(first, "one");
        await().until(() -> one.owned().size() == Partition.COUNT);
        PartitionLeases two = replica(second, "two");
        await().until(() -> {
            assertThat(one.owned()).noneMatch(two::owns);
            return one.owned().size() == 8 && two.owned().size() == 8;
        });
        one.close().await().indefinitely();
        await().until(() -> two.owned().size() == Partition.COUNT);
    }

    @Test
    void whatADeadReplicaHeldIsTakenOver() {
        PartitionLeases one = replica(first, "one");
        await().until(() -> one.owned().size() == Partition.COUNT);
        PartitionLeases two = replica(second, "two");
        first.close(); // cannot renew any more, and does not give back
        await().until(() -> two.owned().size() == Partition.COUNT);
        assertThat(one.owned()).isEmpty();
    }

    private PartitionLeases replica(Redis redis, String name) {
        PartitionLeases leases = new PartitionLeases(redis, ServiceName.CHAT, name, TIME);
        replicas.add(leases);
        return leases;
    }
}
