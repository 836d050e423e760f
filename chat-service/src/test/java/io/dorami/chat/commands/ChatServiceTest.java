package io.dorami.chat.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dorami.contracts.Json;
import io.dorami.contracts.User;
import io.dorami.contracts.commands.ChatCommand;
import io.dorami.contracts.commands.Reply;
import io.dorami.contracts.commands.ReplyTo;
import io.dorami.contracts.commands.StreamLifecycle;
import io.dorami.contracts.events.DirectEvent.ChatHistory;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.events.RoomEvent.ChatPosted;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.ServiceName;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.messaging.EventBus;
import io.dorami.service.runtime.DoramiConfig;
import io.dorami.testing.DoramiTestResource;
import io.dorami.testing.RedisSubscriber;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Plays the gateway: commands in, answers and events out, over real Redis. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
class ChatServiceTest {

    private static final User KIM = new User("u1", "Kim", User.Role.USER);
    private static final User HOST = new User("host", "Hana", User.Role.USER);
    private static final User ADMIN = new User("a1", "Admin", User.Role.ADMIN);

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Inject
    EventBus bus;

    @Inject
    Redis redis;

    @Inject
    DoramiConfig config;

    private final String gateway = UUID.randomUUID().toString();
    private final StreamKey key = new StreamKey(UUID.randomUUID().toString());
    private final RoomId room = RoomId.parse("chat:" + key);
    private final ReplyTo reply = new ReplyTo(gateway, "c1", "7");
    private @Nullable RedisSubscriber answers;
    private @Nullable RedisSubscriber said;

    @BeforeEach
    void listen() {
        bus.tell(new StreamLifecycle.StreamRegistered(key, HOST.id(), Instant.now()))
                .await()
                .atMost(PATIENCE);
        answers = new RedisSubscriber(redis, RedisKeys.gateway(gateway));
        said = RedisSubscriber.of(redis, room);
    }

    @AfterEach
    void close() {
        answers().close();
        said().close();
    }

    @Test
    void aMessageReachesTheRoomAndIsThenConfirmed() {
        say("<b>Hi</b>", "m-1");
        EventFrame confirmed = answer(0).result();
        assertThat(confirmed.name()).isEqualTo("chat:send-message:success");
        EventFrame message = said().events().getFirst();
        assertThat(message.name()).isEqualTo("chat:message");
        assertThat(message.data())
                .contains("\"message\":\"Hi\"", "\"username\":\"Kim\"", "\"clientMessageId\":\"m-1\"");
        assertThat(RedisSubscriber.log(redis, room)).containsExactly(message);
    }

    @Test
    void aRepeatIsConfirmedAndNotSaidAgain() {
        say("Hi", "m-1");
        say("Hi", "m-1");
        assertThat(answer(1).result().data()).contains(messageId());
        assertThat(RedisSubscriber.logged(redis, room)).containsExactly("chat:message");
    }

    @Test
    void aRefusalIsAnsweredAndNothingIsSaid() {
        say("<br>", null);
        assertThat(answer(0).result().data()).contains("INVALID_MESSAGE");
        assertThat(RedisSubscriber.logged(redis, room)).isEmpty();
    }

    @Test
    void oneWhoJoinsGetsTheLastHundredAndThePositionAfterThem() {
        IntStream.range(0, 120).forEach(i -> sayAs(gateway.substring(0, 8) + i / 20, "message " + i));
        answer(119);
        send(new ChatCommand.JoinChat(key, KIM, reply, false));
        Reply joined = answer(120);
        assertThat(joined.effect()).isEqualTo(Reply.MembershipChange.JOINED);
        assertThat(joined.result().name()).isEqualTo("chat:join-room:success");
        assertThat(joined.result().data()).contains("\"roomName\":\"live:" + key + "\"");
        assertThat(joined.position())
                .isEqualTo(RedisSubscriber.log(redis, room).getLast().position());
        assertThat(history(joined))
                .isEqualTo(
                        IntStream.range(20, 120).mapToObj(i -> "message " + i).toList());
        await().until(() -> said().events().getLast().name().equals("chat:user-joined"));
    }

    @Test
    void oneWhoJoinsAgainIsNotAnnounced() {
        send(new ChatCommand.JoinChat(key, KIM, reply, true));
        assertThat(answer(0).result().name()).isEqualTo("chat:join-room:success");
        say("marker", null);
        answer(1);
        assertThat(said().events()).extracting(EventFrame::name).containsExactly("chat:message");
    }

    @Test
    void aMessageTakenBackIsGoneFromTheHistory() {
        say("Hi", "m-1");
        answer(0);
        send(new ChatCommand.DeleteChat(key, ADMIN, reply, messageId()));
        assertThat(answer(1).result().name()).isEqualTo("chat:delete-message:success");
        send(new ChatCommand.JoinChat(key, KIM, reply, true));
        assertThat(answer(2).snapshot()).isEmpty();
        assertThat(RedisSubscriber.logged(redis, room)).containsExactly("chat:message", "chat:message-deleted");
    }

    /** In seconds: as long as it is configured, counted anew from each message. */
    @Test
    void theHistoryIsKeptForADayAfterTheLastMessage() {
        assertThat(config.logTime()).isEqualTo(Duration.ofHours(24));
        String log = RedisKeys.roomEvents(room).log();
        for (String text : List.of("first", "last")) {
            say(text, text);
            await().until(() -> RedisSubscriber.log(redis, room).stream()
                    .anyMatch(event -> event.data().contains(text)));
            assertThat(redis.sendAndAwait(Request.cmd(Command.TTL).arg(log)).toLong())
                    .isBetween(
                            config.logTime().toSeconds() - 60, config.logTime().toSeconds());
            redis.sendAndAwait(Request.cmd(Command.EXPIRE).arg(log).arg(100));
        }
        redis.sendAndAwait(Request.cmd(Command.PEXPIRE).arg(log).arg(1));
        await().until(() -> RedisSubscriber.log(redis, room).isEmpty());
        send(new ChatCommand.JoinChat(key, KIM, reply, true));
        assertThat(answer(2).snapshot()).as("then it is gone").isEmpty();
    }

    @Test
    void oneWhoLeavesIsAnswered() {
        send(new ChatCommand.LeaveChat(key, KIM, reply, false));
        assertThat(answer(0).effect()).isEqualTo(Reply.MembershipChange.LEFT);
        await().until(() -> said().events().getFirst().name().equals("chat:user-left"));
    }

    private void sayAs(String userId, String message) {
        User user = new User(userId, userId, User.Role.USER);
        send(new ChatCommand.SendChat(key, user, reply, UUID.randomUUID().toString(), message, null));
    }

    private void say(String message, @Nullable String clientMessageId) {
        send(new ChatCommand.SendChat(key, KIM, reply, UUID.randomUUID().toString(), message, clientMessageId));
    }

    private void send(ChatCommand command) {
        bus.send(ServiceName.CHAT, command).await().atMost(PATIENCE);
    }

    private Reply answer(int index) {
        await().until(() -> answers().messages().size() > index);
        return Reply.decode(answers().messages().get(index));
    }

    private String messageId() {
        String data = RedisSubscriber.log(redis, room).getFirst().data();
        return Json.read(data, ChatPosted.class).id().toString();
    }

    private static List<String> history(Reply joined) {
        ChatHistory history = Json.read(joined.snapshot().getFirst().data(), ChatHistory.class);
        return history.messages().stream().map(message -> message.message()).toList();
    }

    private RedisSubscriber answers() {
        return Objects.requireNonNull(answers);
    }

    private RedisSubscriber said() {
        return Objects.requireNonNull(said);
    }
}
