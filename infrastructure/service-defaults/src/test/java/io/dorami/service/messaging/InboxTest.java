package io.dorami.service.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dorami.contracts.Json;
import io.dorami.contracts.User;
import io.dorami.contracts.commands.ChatCommand.SendChat;
import io.dorami.contracts.commands.ChatInboxMessage;
import io.dorami.contracts.commands.InboxAddress;
import io.dorami.contracts.commands.InboxMessage;
import io.dorami.contracts.commands.PublisherChange.PublisherDisconnected;
import io.dorami.contracts.commands.ReplyTo;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.ServiceName;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.redis.SequentialRequests;
import io.dorami.testing.FaultProxy;
import io.dorami.testing.TestRedis;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import io.vertx.mutiny.redis.client.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InboxTest {

    private static final Duration LEASE_DURATION = Duration.ofMillis(600);
    private static final StreamKey KEY = new StreamKey("inbox-test");
    private static final User KIM = new User("u1", "Kim", User.Role.USER);

    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final InboxMetrics metrics = new InboxMetrics(registry, ServiceName.CHAT);
    private final Redis redis = TestRedis.client();
    private final EventBus bus = TestEventBus.create(redis, Map.of());
    private final List<String> handled = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> closeables = new CopyOnWriteArrayList<>();

    @BeforeEach
    void flush() {
        TestRedis.flush(redis);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable reader : closeables) {
            reader.close();
        }
        redis.close();
    }

    @Test
    void messagesAreHandledInOrderAndAcknowledged() {
        send(0, 300);
        read(redis, "one", this::record);
        await().untilAsserted(() -> assertThat(handled).isEqualTo(names(0, 300)));
        await().until(() -> waiting() == 0);
    }

    @Test
    void transientFailure_isRetriedInOrder() {
        AtomicInteger failures = new AtomicInteger(2);
        send(0, 5);
        read(
                redis,
                "one",
                message -> name(message).equals("2") && failures.getAndDecrement() > 0
                        ? Uni.createFrom().failure(new IOException("transient"))
                        : record(message));
        await().untilAsserted(() -> assertThat(handled).isEqualTo(names(0, 5)));
        await().until(() -> waiting() == 0);
    }

    @Test
    void unhandledMessage_movesToDeadLetters() {
        send(0, 3);
        read(
                redis,
                "one",
                message -> name(message).equals("1")
                        ? Uni.createFrom().failure(new IllegalArgumentException("a bug"))
                        : record(message));
        await().untilAsserted(() -> assertThat(handled).containsExactly("0", "2"));
        assertThat(TestRedis.streamLength(redis, RedisKeys.deadLetters(ServiceName.CHAT, KEY.partition())))
                .isEqualTo(1);
        assertThat(registry.get("dorami.inbox.dead.letters").counter().count()).isEqualTo(1);
        assertThat(registry.get("dorami.inbox.handling").timer().count()).isEqualTo(3);
    }

    @Test
    void backlogHasWaitingMessagesAndAgeOfOldest() {
        send(0, 3);
        await().untilAsserted(() -> {
            InboxBacklog backlog = sample();
            assertThat(backlog.messages()).isEqualTo(3);
            assertThat(backlog.oldestAge()).isGreaterThan(Duration.ofMillis(100));
        });
        read(redis, "one", this::record);
        await().untilAsserted(() -> assertThat(sample()).isEqualTo(InboxBacklog.EMPTY));
    }

    private InboxBacklog sample() {
        return InboxBacklog.sample(redis, ServiceName.CHAT, List.of(KEY.partition()))
                .await()
                .indefinitely();
    }

    @Test
    void messageOfOtherInbox_movesToDeadLetters() {
        InboxAddress<InboxMessage> anyMessage = new InboxAddress<>(ServiceName.CHAT, InboxMessage.class);
        bus.send(anyMessage, new PublisherDisconnected(KEY, "c1", "i1")).await().indefinitely();
        send(0, 1);
        read(redis, "one", this::record);
        await().untilAsserted(() -> assertThat(handled).containsExactly("0"));
        assertThat(TestRedis.streamLength(redis, RedisKeys.deadLetters(ServiceName.CHAT, KEY.partition())))
                .isEqualTo(1);
    }

    @Test
    void messagesOfDeadReader_areHandledByNextReader() {
        Redis dying = TestRedis.client();
        send(0, 5);
        AtomicInteger started = new AtomicInteger();
        read(dying, "one", message -> {
            started.incrementAndGet();
            return Uni.createFrom().nothing(); // never finishes
        });
        await().until(() -> started.get() == 1);
        dying.close();
        read(redis, "two", this::record);
        await().untilAsserted(() -> assertThat(handled).isEqualTo(names(0, 5)));
    }

    @Test
    void handledMessage_ofReleasedPartition_isAcknowledged() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        PartitionLeases leases = new PartitionLeases(redis, ServiceName.CHAT, "one", LEASE_DURATION);
        Uni<Void> slowly = Uni.createFrom().completionStage(done);
        Inbox<ChatInboxMessage> inbox = new Inbox<>(
                redis,
                InboxAddress.CHAT,
                leases,
                metrics,
                message -> record(message).chain(() -> slowly));
        closeables.add(inbox::close);
        send(0, 1);
        await().until(() -> handled.size() == 1);
        leases.close().await().indefinitely();
        done.complete(null);
        await().until(() -> waiting() == 0);
    }

    @Test
    void handledMessages_areAcknowledgedOnClose() throws Exception {
        send(0, 2);
        read(
                redis,
                "one",
                message -> name(message).equals("1")
                        ? Uni.createFrom().failure(new IOException("transient, so that no read follows for 0.5 s"))
                        : record(message));
        await().pollInterval(Duration.ofMillis(10)).until(() -> handled.size() == 1);
        closeables.removeFirst().close();
        await().until(() -> waiting() == 1);
    }

    @Test
    void droppedMessage_isFoundByPendingCheck() {
        read(redis, "one", this::record);
        send(0, 1);
        await().until(() -> handled.size() == 1);
        TestRedis.addPendingMessage(
                redis, RedisKeys.inbox(ServiceName.CHAT, KEY.partition()), "chat", Json.write(command("1")));
        await().untilAsserted(() -> assertThat(handled).isEqualTo(names(0, 2)));
    }

    @Test
    void inboxIsReadAfterRedisDataLoss() {
        read(redis, "one", this::record);
        send(0, 1);
        await().until(() -> handled.size() == 1);
        TestRedis.flush(redis);
        send(1, 2);
        await().untilAsserted(() -> assertThat(handled).isEqualTo(names(0, 2)));
    }

    @Test
    void unansweredRead_isRepeatedOnOtherConnection() {
        FaultProxy proxy = TestRedis.newFaultProxy();
        closeables.add(proxy);
        Redis reader = TestRedis.client(proxy);
        PartitionLeases leases = new PartitionLeases(redis, ServiceName.CHAT, "one", LEASE_DURATION);
        closeables.add(() -> leases.close().await().indefinitely());
        closeables.addFirst(new Inbox<>(reader, InboxAddress.CHAT, leases, metrics, this::record)::close);
        send(0, 1);
        await().until(() -> handled.size() == 1);
        proxy.freeze();
        proxy.thaw(); // for new connections
        send(1, 2); // delivered to the dead connection
        await().atMost(Duration.ofSeconds(15))
                .untilAsserted(() -> assertThat(handled).isEqualTo(names(0, 2)));
        await().until(() -> waiting() == 0);
    }

    @Test
    void pipelinedMessages_keepOrderAfterConnectionLoss() {
        send(0, 1_000);
        List<String> all = names(0, 1_000);
        Redis reader = TestRedis.client();
        start(
                reader,
                "one",
                leases -> new Inbox<>(reader, InboxAddress.CHAT, leases, metrics, this::recordOnceInRedis));
        await().pollInterval(Duration.ofMillis(250))
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> {
                    redis.sendAndAwait(
                            Request.cmd(Command.CLIENT).arg("KILL").arg("TYPE").arg("normal"));
                    assertThat(recordedInRedis()).hasSizeGreaterThan(all.size() / 2);
                });
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(recordedInRedis()).isEqualTo(all));
        await().until(() -> waiting() == 0);
    }

    /** Two steps, like in chat; a repetition has no effect. */
    private Uni<Void> recordOnceInRedis(ChatInboxMessage message, SequentialRequests requests) {
        return requests.send(Request.cmd(Command.PING))
                .chain(() -> requests.send(Request.cmd(Command.EVAL)
                        .arg("if redis.call('SADD', KEYS[1], ARGV[1]) == 1 then"
                                + " redis.call('RPUSH', KEYS[2], ARGV[1]) end return 1")
                        .arg(2)
                        .arg("test:seen")
                        .arg("test:recorded")
                        .arg(name(message))))
                .replaceWithVoid();
    }

    private List<String> recordedInRedis() {
        Response recorded = redis.sendAndAwait(
                Request.cmd(Command.LRANGE).arg("test:recorded").arg(0).arg(-1));
        return StreamSupport.stream(recorded.spliterator(), false)
                .map(Response::toString)
                .toList();
    }

    private void read(Redis reader, String replica, Function<ChatInboxMessage, Uni<Void>> handler) {
        start(reader, replica, leases -> new Inbox<>(reader, InboxAddress.CHAT, leases, metrics, handler));
    }

    private void start(Redis reader, String replica, Function<PartitionLeases, Inbox<?>> createInbox) {
        PartitionLeases leases = new PartitionLeases(reader, ServiceName.CHAT, replica, LEASE_DURATION);
        Inbox<?> inbox = createInbox.apply(leases);
        closeables.add(inbox::close);
        closeables.add(
                () -> leases.close().onFailure().recoverWithNull().await().indefinitely());
    }

    private void send(int from, int to) {
        names(from, to)
                .forEach(name ->
                        bus.send(InboxAddress.CHAT, command(name)).await().indefinitely());
    }

    private static SendChat command(String name) {
        return new SendChat(KEY, KIM, new ReplyTo("gateway-1", "c", null), name, "Hi", null);
    }

    private Uni<Void> record(ChatInboxMessage message) {
        handled.add(name(message));
        return Uni.createFrom().voidItem();
    }

    private int waiting() {
        return TestRedis.streamLength(redis, RedisKeys.inbox(ServiceName.CHAT, KEY.partition()));
    }

    private static String name(ChatInboxMessage message) {
        return ((SendChat) message).commandId();
    }

    private static List<String> names(int from, int to) {
        return IntStream.range(from, to).mapToObj(String::valueOf).toList();
    }
}
