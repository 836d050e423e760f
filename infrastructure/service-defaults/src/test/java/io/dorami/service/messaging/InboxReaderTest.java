package io.dorami.service.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dorami.contracts.keys.Partition;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.ServiceName;
import io.dorami.service.messaging.InboxReader.Batch;
import io.dorami.service.messaging.InboxReader.Entry;
import io.dorami.testing.TestRedis;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InboxReaderTest {

    private static final Duration BLOCK_TIME = Duration.ofSeconds(5);
    private static final Partition PARTITION = Partition.all().getFirst();
    private static final String INBOX = RedisKeys.inbox(ServiceName.CHAT, PARTITION);

    private final Redis redis = TestRedis.client();
    private final InboxReader reader = new InboxReader(redis.getDelegate(), ServiceName.CHAT, 10, BLOCK_TIME);

    @BeforeEach
    void flush() {
        TestRedis.flush(redis);
    }

    @AfterEach
    void close() {
        redis.close();
    }

    @Test
    void readAfterBrokenConnection_usesNewConnection() {
        CompletableFuture<List<Batch>> waiting = read(Set.of());
        await().until(() -> TestRedis.killBlockedReaders(redis) == 1);
        assertThat(waiting).failsWithin(BLOCK_TIME);
        put("a");
        assertThat(read(Set.of()).join())
                .singleElement()
                .satisfies(batch ->
                        assertThat(batch.entries()).extracting(Entry::json).containsExactly("a"));
    }

    @Test
    void handledMessages_areAcknowledgedBeforePendingRead() {
        put("a");
        put("b");
        put("c");
        List<Entry> entries = read(Set.of()).join().getFirst().entries();
        reader.markHandled(PARTITION, entries.get(0).id());
        assertThat(pending()).isEqualTo(entries.subList(1, 3));
        reader.markHandled(PARTITION, entries.get(1).id()); // within the acknowledge interval of the last one
        assertThat(pending()).isEqualTo(entries.subList(2, 3));
        assertThat(TestRedis.streamLength(redis, INBOX)).isEqualTo(1);
    }

    private List<Entry> pending() {
        return read(Set.of(PARTITION)).join().getFirst().entries();
    }

    private CompletableFuture<List<Batch>> read(Set<Partition> maybePending) {
        return reader.read(List.of(PARTITION), maybePending).subscribeAsCompletionStage();
    }

    private void put(String message) {
        redis.sendAndAwait(
                Request.cmd(Command.XADD).arg(INBOX).arg("*").arg("m").arg(message));
    }
}
