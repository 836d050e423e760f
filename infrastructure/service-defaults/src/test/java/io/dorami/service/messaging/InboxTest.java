package io.dorami.service.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dorami.contracts.Json;
import io.dorami.contracts.User;
import io.dorami.contracts.commands.ChatCommand.SendChat;
import io.dorami.contracts.commands.InboxMessage;
import io.dorami.contracts.commands.ReplyTo;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.ServiceName;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.redis.SequentialRequests;
import io.dorami.testing.FaultProxy;
import io.dorami.testing.TestRedis;
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

    private static final Duration LEASE = Duration.ofMillis(600);
    private static final StreamKey KEY = new StreamKey("inbox-test");
    private static final User KIM = new User("u1", "Kim", User.Role.USER);

    private final Redis redis = TestRedis.client();
    private final EventBus bus = TestEventBus.create(redis, Map.of());
    private final List<String> handled = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();

    @BeforeEach
    void forget() {
        TestRedis.flush(redis);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable reader : open) {
            reader.close();
        }
        redis.close();
    }

    @Test
    void messagesAreHandledInOrderAndTakenAway() {
        send(0, 300);
        read(redis, "one", this::note);
        await().untilAsserted(() -> assertThat(handled).isEqualTo(names(0, 300)));
        await().until(() -> waiting() == 0);
    }

    @Test
    void whatFailsForAWhileIsHandledAgainInItsPlace() {
        AtomicInteger failures = new AtomicInteger(2);
        send(0, 5);
        read(
                redis,
                "one",
                message -> name(message).equals("2") && failures.getAndDecrement() > 0
                        ? Uni.createFrom().failure(new IOException("out for a moment"))
                        : note(message));
        await().untilAsserted(() -> assertThat(handled).isEqualTo(names(0, 5)));
        await().until(() -> waiting() == 0);
    }

    @Test
    void whatCannotBeHandledIsKeptAsideAndTheRestGoesOn() {
        send(0, 3);
        read(
                redis,
                "one",
                message -> name(message).equals("1")
                        ? Uni.createFrom().failure(new IllegalArgumentException("a bug"))
                        : note(message));
        await().untilAsserted(() -> assertThat(handled).containsExactly("0", "2"));
        assertThat(TestRedis.length(redis, RedisKeys.deadLetters(ServiceName.CHAT, KEY.partition())))
                .isEqualTo(1);
    }

    @Test
    void whatADeadReaderHadBegunTheNextOneFinishes() {
        Redis dying = TestRedis.client();
        send(0, 5);
        AtomicInteger begun = new AtomicInteger();
        read(dying, "one", message -> {
            begun.incrementAndGet();
            return Uni.createFrom().nothing(); // never done
        });
        await().until(() -> begun.get() == 1);
        dying.close();
        read(redis, "two", this::note);
        await().untilAsserted(() -> assertThat(handled).isEqualTo(names(0, 5)));
    }

    @Test
    void whatWasHandledIsTakenAwayThoughItsPartitionWasGivenAway() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        PartitionLeases leases = new PartitionLeases(redis, ServiceName.CHAT, "one", LEASE);
        Uni<Void> slowly = Uni.createFrom().completionStage(done);
        Inbox inbox = new Inbox(
                redis, ServiceName.CHAT, leases, message -> note(message).chain(() -> slowly));
        open.add(inbox::close);
        send(0, 1);
        await().until(() -> handled.size() == 1);
        leases.close().await().indefinitely();
        done.complete(null);
        await().until(() -> waiting() == 0);
    }

    @Test
    void whatWasHandledIsTakenAwayByAReaderThatCloses() throws Exception {
        send(0, 2);
        read(
                redis,
                "one",
                message -> name(message).equals("1")
                        ? Uni.createFrom().failure(new IOException("out, so that no read follows for 0.5 s"))
                        : note(message));
        await().pollInterval(Duration.ofMillis(10)).until(() -> handled.size() == 1);
        open.removeFirst().close();
        await().until(() -> waiting() == 1);
    }

    @Test
    void whatWasGivenToAReaderThatDroppedItIsFoundLater() {
        read(redis, "one", this::note);
        send(0, 1);
        await().until(() -> handled.size() == 1);
        TestRedis.deliverToNobody(
                redis, RedisKeys.inbox(ServiceName.CHAT, KEY.partition()), "chat", Json.write(command("1")));
        await().untilAsserted(() -> assertThat(handled).isEqualTo(names(0, 2)));
    }

    @Test
    void redisWithoutItsDataIsReadAgain() {
        read(redis, "one", this::note);
        send(0, 1);
        await().until(() -> handled.size() == 1);
        TestRedis.flush(redis);
        send(1, 2);
        await().untilAsserted(() -> assertThat(handled).isEqualTo(names(0, 2)));
    }

    @Test
    void aReadThatIsNeverAnsweredIsDoneAgainOnAnotherConnection() {
        FaultProxy forwarder = TestRedis.forwarder();
        open.add(forwarder);
        Redis reader = TestRedis.client(forwarder);
        PartitionLeases leases = new PartitionLeases(redis, ServiceName.CHAT, "one", LEASE);
        open.add(() -> leases.close().await().indefinitely());
        open.addFirst(new Inbox(reader, ServiceName.CHAT, leases, this::note)::close);
        send(0, 1);
        await().until(() -> handled.size() == 1);
        forwarder.freeze();
        forwarder.thaw(); // for those who connect from now on
        send(1, 2); // given to the connection that is dead
        await().atMost(Duration.ofSeconds(15))
                .untilAsserted(() -> assertThat(handled).isEqualTo(names(0, 2)));
        await().until(() -> waiting() == 0);
    }

    @Test
    void whatIsUnderWayAtOnceKeepsItsOrderThoughItsConnectionBreaks() {
        send(0, 2_000);
        List<String> all = names(0, 2_000);
        Redis reader = TestRedis.client();
        start(reader, "one", leases -> new Inbox(reader, ServiceName.CHAT, leases, this::noteOnceInRedis));
        await().pollInterval(Duration.ofMillis(100)).untilAsserted(() -> {
            redis.sendAndAwait(
                    Request.cmd(Command.CLIENT).arg("KILL").arg("TYPE").arg("normal"));
            assertThat(notedInRedis()).hasSizeGreaterThan(all.size() / 2);
        });
        await().untilAsserted(() -> assertThat(notedInRedis()).isEqualTo(all));
        await().until(() -> waiting() == 0);
    }

    /** Two steps, as chat has them; what is done again has no effect. */
    private Uni<Void> noteOnceInRedis(InboxMessage message, SequentialRequests lane) {
        return lane.send(Request.cmd(Command.PING))
                .chain(() -> lane.send(Request.cmd(Command.EVAL)
                        .arg("if redis.call('SADD', KEYS[1], ARGV[1]) == 1 then"
                                + " redis.call('RPUSH', KEYS[2], ARGV[1]) end return 1")
                        .arg(2)
                        .arg("test:seen")
                        .arg("test:noted")
                        .arg(name(message))))
                .replaceWithVoid();
    }

    private List<String> notedInRedis() {
        Response noted = redis.sendAndAwait(
                Request.cmd(Command.LRANGE).arg("test:noted").arg(0).arg(-1));
        return StreamSupport.stream(noted.spliterator(), false)
                .map(Response::toString)
                .toList();
    }

    private void read(Redis reader, String replica, Function<InboxMessage, Uni<Void>> handler) {
        start(reader, replica, leases -> new Inbox(reader, ServiceName.CHAT, leases, handler));
    }

    private void start(Redis reader, String replica, Function<PartitionLeases, Inbox> starting) {
        PartitionLeases leases = new PartitionLeases(reader, ServiceName.CHAT, replica, LEASE);
        Inbox inbox = starting.apply(leases);
        open.add(inbox::close);
        open.add(() -> leases.close().onFailure().recoverWithNull().await().indefinitely());
    }

    private void send(int from, int to) {
        names(from, to)
                .forEach(name ->
                        bus.send(ServiceName.CHAT, command(name)).await().indefinitely());
    }

    private static SendChat command(String name) {
        return new SendChat(KEY, KIM, new ReplyTo("boot", "c", null), name, "Hi", null);
    }

    private Uni<Void> note(InboxMessage message) {
        handled.add(name(message));
        return Uni.createFrom().voidItem();
    }

    private int waiting() {
        return TestRedis.length(redis, RedisKeys.inbox(ServiceName.CHAT, KEY.partition()));
    }

    private static String name(InboxMessage message) {
        return ((SendChat) message).commandId();
    }

    private static List<String> names(int from, int to) {
        return IntStream.range(from, to).mapToObj(String::valueOf).toList();
    }
}
