package io.dorami.chat.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dorami.contracts.Json;
import io.dorami.contracts.User;
import io.dorami.contracts.commands.ChatCommand;
import io.dorami.contracts.commands.InboxAddress;
import io.dorami.contracts.commands.Reply;
import io.dorami.contracts.commands.ReplyTo;
import io.dorami.contracts.commands.StreamLifecycle;
import io.dorami.contracts.events.DirectEvent.ChatHistory;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.events.MembershipChange;
import io.dorami.contracts.events.RoomEvent.ChatPosted;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.RoomId;
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

/** Acts as the gateway: sends commands, receives replies and events, with real Redis. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
class ChatServiceTest {

    private static final User KIM = new User("u1", "Kim", User.Role.USER);
    private static final User HOST = new User("host", "Hana", User.Role.USER);
    private static final User ADMIN = new User("a1", "Admin", User.Role.ADMIN);

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @Inject
    EventBus bus;

    @Inject
    Redis redis;

    @Inject
    DoramiConfig config;

    private final String gateway = UUID.randomUUID().toString();
    private final StreamKey key = new StreamKey(UUID.randomUUID().toString());
    private final RoomId room = RoomId.parse("chat:" + key);
    private final ReplyTo replyTo = new ReplyTo(gateway, "c1", "7");
    private @Nullable RedisSubscriber gatewayChannel;
    private @Nullable RedisSubscriber roomChannel;

    @BeforeEach
    void subscribe() {
        bus.publish(new StreamLifecycle.StreamRegistered(key, HOST.id(), Instant.now()))
                .await()
                .atMost(TIMEOUT);
        gatewayChannel = new RedisSubscriber(redis, RedisKeys.gatewayChannel(gateway));
        roomChannel = RedisSubscriber.toRoom(redis, room);
    }

    @AfterEach
    void close() {
        gatewayChannel().close();
        roomChannel().close();
    }

    @Test
    void messageIsPublishedThenConfirmed() {
        sendMessage("<b>Hi</b>", "m-1");
        EventFrame confirmed = awaitReply(0).result();
        assertThat(confirmed.name()).isEqualTo("chat:send-message:success");
        EventFrame message = roomChannel().events().getFirst();
        assertThat(message.name()).isEqualTo("chat:message");
        assertThat(message.data())
                .contains("\"message\":\"Hi\"", "\"username\":\"Kim\"", "\"clientMessageId\":\"m-1\"");
        assertThat(RedisSubscriber.loggedEvents(redis, room)).containsExactly(message);
    }

    @Test
    void repeatedMessageIsConfirmedButNotPublished() {
        sendMessage("Hi", "m-1");
        sendMessage("Hi", "m-1");
        assertThat(awaitReply(1).result().data()).contains(messageId());
        assertThat(RedisSubscriber.loggedEventNames(redis, room)).containsExactly("chat:message");
    }

    @Test
    void rejectedMessageIsRepliedToButNotPublished() {
        sendMessage("<br>", "m-1");
        assertThat(awaitReply(0).result().data()).contains("INVALID_MESSAGE", "\"clientMessageId\":\"m-1\"");
        assertThat(RedisSubscriber.loggedEventNames(redis, room)).isEmpty();
    }

    @Test
    void joinReturnsLastHundredMessagesAndPosition() {
        IntStream.range(0, 120).forEach(i -> sendMessageAs(gateway.substring(0, 8) + i / 20, "message " + i));
        awaitReply(119);
        send(new ChatCommand.JoinChat(key, KIM, replyTo, false));
        Reply joined = awaitReply(120);
        assertThat(joined.membershipChange()).isEqualTo(MembershipChange.JOINED);
        assertThat(joined.result().name()).isEqualTo("chat:join-room:success");
        assertThat(joined.result().data()).contains("\"roomName\":\"live:" + key + "\"");
        assertThat(joined.position())
                .isEqualTo(RedisSubscriber.loggedEvents(redis, room).getLast().position());
        assertThat(history(joined))
                .isEqualTo(
                        IntStream.range(20, 120).mapToObj(i -> "message " + i).toList());
        await().until(() -> roomChannel().events().getLast().name().equals("chat:user-joined"));
    }

    @Test
    void rejoinIsNotPublishedToRoom() {
        send(new ChatCommand.JoinChat(key, KIM, replyTo, true));
        assertThat(awaitReply(0).result().name()).isEqualTo("chat:join-room:success");
        sendMessage("marker", null);
        awaitReply(1);
        assertThat(roomChannel().events()).extracting(EventFrame::name).containsExactly("chat:message");
    }

    @Test
    void guestGetsHistoryAndRoomGetsNoEvent() {
        sendMessage("Hi", null);
        awaitReply(0);
        send(new ChatCommand.ReadChat(key, replyTo, false));
        Reply opened = awaitReply(1);
        assertThat(opened.membershipChange()).isEqualTo(MembershipChange.JOINED);
        assertThat(opened.result().name()).isEqualTo("chat:join-room:success");
        assertThat(opened.snapshot()).extracting(EventFrame::name).containsExactly("chat:history");
        assertThat(history(opened)).containsExactly("Hi");
        sendMessage("marker", null);
        awaitReply(2);
        assertThat(roomChannel().events()).extracting(EventFrame::name).containsOnly("chat:message");
        assertThat(redis.sendAndAwait(Request.cmd(Command.EXISTS).arg(RedisKeys.chatFirstJoins(key)))
                        .toInteger())
                .as("nothing is stored about guests")
                .isZero();
    }

    @Test
    void deletedMessageIsNotInHistory() {
        sendMessage("Hi", "m-1");
        awaitReply(0);
        send(new ChatCommand.DeleteChat(key, ADMIN, replyTo, messageId()));
        assertThat(awaitReply(1).result().name()).isEqualTo("chat:delete-message:success");
        send(new ChatCommand.JoinChat(key, KIM, replyTo, true));
        assertThat(awaitReply(2).snapshot()).isEmpty();
        assertThat(RedisSubscriber.loggedEventNames(redis, room))
                .containsExactly("chat:message", "chat:message-deleted");
    }

    /** The log's time to live, in seconds, is the configured one and restarts with each message. */
    @Test
    void historyExpiresOneDayAfterLastMessage() {
        assertThat(config.logRetention()).isEqualTo(Duration.ofHours(24));
        String log = RedisKeys.roomKeys(room).log();
        for (String text : List.of("first", "last")) {
            sendMessage(text, text);
            await().until(() -> RedisSubscriber.loggedEvents(redis, room).stream()
                    .anyMatch(event -> event.data().contains(text)));
            assertThat(redis.sendAndAwait(Request.cmd(Command.TTL).arg(log)).toLong())
                    .isBetween(
                            config.logRetention().toSeconds() - 60,
                            config.logRetention().toSeconds());
            redis.sendAndAwait(Request.cmd(Command.EXPIRE).arg(log).arg(100));
        }
        redis.sendAndAwait(Request.cmd(Command.PEXPIRE).arg(log).arg(1));
        await().until(() -> RedisSubscriber.loggedEvents(redis, room).isEmpty());
        send(new ChatCommand.JoinChat(key, KIM, replyTo, true));
        assertThat(awaitReply(2).snapshot()).as("expired history").isEmpty();
    }

    @Test
    void leaveIsConfirmedAndPublished() {
        send(new ChatCommand.LeaveChat(key, KIM, replyTo, false));
        assertThat(awaitReply(0).membershipChange()).isEqualTo(MembershipChange.LEFT);
        await().until(() -> roomChannel().events().getFirst().name().equals("chat:user-left"));
    }

    private void sendMessageAs(String userId, String message) {
        User user = new User(userId, userId, User.Role.USER);
        send(new ChatCommand.SendChat(key, user, replyTo, UUID.randomUUID().toString(), message, null));
    }

    private void sendMessage(String message, @Nullable String clientMessageId) {
        send(new ChatCommand.SendChat(key, KIM, replyTo, UUID.randomUUID().toString(), message, clientMessageId));
    }

    private void send(ChatCommand command) {
        bus.send(InboxAddress.CHAT, command).await().atMost(TIMEOUT);
    }

    private Reply awaitReply(int index) {
        await().until(() -> gatewayChannel().messages().size() > index);
        return Reply.decode(gatewayChannel().messages().get(index));
    }

    private String messageId() {
        String data = RedisSubscriber.loggedEvents(redis, room).getFirst().data();
        return Json.read(data, ChatPosted.class).id().toString();
    }

    private static List<String> history(Reply joined) {
        ChatHistory history = Json.read(joined.snapshot().getFirst().data(), ChatHistory.class);
        return history.messages().stream().map(message -> message.message()).toList();
    }

    private RedisSubscriber gatewayChannel() {
        return Objects.requireNonNull(gatewayChannel);
    }

    private RedisSubscriber roomChannel() {
        return Objects.requireNonNull(roomChannel);
    }
}
