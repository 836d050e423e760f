package io.dorami.chat.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dorami.chat.rules.ChatRules.Decision;
import io.dorami.chat.rules.ChatRules.Decision.Post;
import io.dorami.chat.rules.ChatRules.Decision.Reject;
import io.dorami.contracts.Staff;
import io.dorami.contracts.Staff.Role;
import io.dorami.contracts.User;
import io.dorami.contracts.commands.ChatCommand.SendChat;
import io.dorami.contracts.commands.ChatModeration;
import io.dorami.contracts.commands.ChatPolicy;
import io.dorami.contracts.commands.ChatRoom;
import io.dorami.contracts.commands.ReplyTo;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.events.RoomEvent.ChatPosted;
import io.dorami.contracts.keys.StreamKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ChatRulesTest {

    private static final Instant NOW = Instant.parse("2026-02-28T12:00:00Z");
    private static final StreamKey KEY = new StreamKey("KEYA");
    private static final User KIM = new User("u1", "Kim", User.Role.USER);
    private static final User HOST = new User("host", "Hana", User.Role.USER);
    private static final ChatRoom OPEN = new ChatRoom(1, HOST.id(), ChatPolicy.UNRESTRICTED);
    private static final User ADMIN = new User("a1", "Admin", User.Role.ADMIN);
    private static final ReplyTo REPLY = new ReplyTo("gateway-1", "c1", null);

    @Test
    void markupIsRemovedAndTextTrimmed() {
        assertThat(post(sendChat("  <b>Hello</b> <img src=x onerror=alert(1)> world "))
                        .event()
                        .message())
                .isEqualTo("Hello  world");
    }

    @Test
    void messageOfMarkupOnlyIsRejected() {
        assertThat(decide(sendChat("<script></script> "))).isEqualTo(rejection(ErrorCode.INVALID_MESSAGE));
    }

    @Test
    void messageOverFiveHundredCharactersIsRejected() {
        assertThat(post(sendChat("😀".repeat(500))).event().message()).isEqualTo("😀".repeat(500));
        assertThat(decide(sendChat("x".repeat(501)))).isEqualTo(rejection(ErrorCode.MESSAGE_TOO_LONG));
    }

    @Test
    void sameClientMessageIdIsSameMessage() {
        Post first = post(sendChat("Hi", "m-1", "command-1"));
        Post second = post(sendChat("Hi", "m-1", "command-2"));
        assertThat(second.dedupe()).isEqualTo(first.dedupe());
        assertThat(second.event().id()).isEqualTo(first.event().id());
    }

    @Test
    void clientMessageIdsOfTwoSendersDoNotCollide() {
        Post kim = post(sendChat("Hi", "m-1", "command-1"));
        Post lee = post(
                (SendChat) new SendChat(KEY, new User("u2", "Lee", User.Role.USER), REPLY, "command-2", "Hi", "m-1"));
        assertThat(lee.dedupe()).isNotEqualTo(kim.dedupe());
        assertThat(lee.event().id()).isNotEqualTo(kim.event().id());
    }

    @Test
    void commandsWithoutClientMessageIdAreDistinct() {
        assertThat(post(sendChat("Hi", null, "command-1")).dedupe())
                .isNotEqualTo(post(sendChat("Hi", null, "command-2")).dedupe());
    }

    @Test
    void invalidClientMessageIdIsRejected() {
        assertThat(decide(sendChat("Hi", "x".repeat(65), "c"))).isEqualTo(rejection(ErrorCode.VALIDATION_ERROR));
        assertThat(decide(sendChat("Hi", " ", "c"))).isEqualTo(rejection(ErrorCode.VALIDATION_ERROR));
    }

    @Test
    void onlyAdminsAndHostModerate() {
        ChatRules.requireModerator(ADMIN, OPEN);
        ChatRules.requireModerator(HOST, OPEN);
        assertRejected(ErrorCode.FORBIDDEN, () -> ChatRules.requireModerator(KIM, OPEN));
        ChatRoom orphan = new ChatRoom(0, "", ChatPolicy.UNRESTRICTED);
        assertRejected(ErrorCode.FORBIDDEN, () -> ChatRules.requireModerator(HOST, orphan));
    }

    @Test
    void hostAndModeratorCannotBeSilenced() {
        ChatRules.requireValidTarget(HOST, new ChatModeration.Ban(KIM.id()), OPEN);
        ChatRules.requireValidTarget(HOST, new ChatModeration.DeleteAll(HOST.id()), OPEN);
        ChatModeration timeOut = new ChatModeration.TimeOut(HOST.id(), NOW);
        assertRejected(ErrorCode.CONFLICT, () -> ChatRules.requireValidTarget(ADMIN, timeOut, OPEN));
        ChatModeration ban = new ChatModeration.Ban(ADMIN.id());
        assertRejected(ErrorCode.CONFLICT, () -> ChatRules.requireValidTarget(ADMIN, ban, OPEN));
    }

    @Test
    void staffModeratesAndCannotBeSilenced() {
        ChatRoom room = ChatRules.withStaff(OPEN, new Staff(1, List.of(new Staff.Member(KIM.id(), Role.MODERATOR))));
        assertThat(room.version()).isEqualTo(OPEN.version() + 1);
        ChatRules.requireModerator(KIM, room);
        ChatRules.requireValidTarget(HOST, new ChatModeration.DeleteAll(KIM.id()), room);
        ChatModeration ban = new ChatModeration.Ban(KIM.id());
        assertRejected(ErrorCode.CONFLICT, () -> ChatRules.requireValidTarget(HOST, ban, room));
        assertThat(ChatRules.apply(room, new ChatModeration.Unpin()).staff()).isEqualTo(room.staff());
    }

    @Test
    void timeoutIsTenSecondsToOneDay() {
        assertThat(ChatRules.timeoutEnd(Duration.ofSeconds(10), NOW)).isEqualTo(NOW.plusSeconds(10));
        assertThat(ChatRules.timeoutEnd(Duration.ofHours(24), NOW)).isEqualTo(NOW.plusSeconds(86_400));
        assertRejected(ErrorCode.VALIDATION_ERROR, () -> ChatRules.timeoutEnd(Duration.ofSeconds(9), NOW));
        assertRejected(ErrorCode.VALIDATION_ERROR, () -> ChatRules.timeoutEnd(Duration.ofSeconds(86_401), NOW));
    }

    @Test
    void closedRoomAcceptsModeratorsOnly() {
        ChatRoom closed = room(new ChatPolicy(0, 0, true, true, 0, List.of()));
        assertThat(decide(sendChat("Hi"), closed)).isEqualTo(rejection(ErrorCode.FORBIDDEN));
        assertThat(decide(sendChat(HOST, "Hi"), closed)).isInstanceOf(Post.class);
        assertThat(decide(sendChat(ADMIN, "Hi"), closed)).isInstanceOf(Post.class);
    }

    @Test
    void linksAndBannedWordsAreRejectedByPolicy() {
        ChatRoom strict = room(new ChatPolicy(0, 0, false, false, 0, List.of("scam")));
        assertThat(decide(sendChat("look at https://example.test"), strict))
                .isEqualTo(rejection(ErrorCode.INVALID_MESSAGE));
        assertThat(decide(sendChat("what a SCAM!"), strict)).isEqualTo(rejection(ErrorCode.INVALID_MESSAGE));
        assertThat(decide(sendChat("naver.com에서 봐요"), strict)).isEqualTo(rejection(ErrorCode.INVALID_MESSAGE));
        assertThat(decide(sendChat("sc\u034Fam이다"), strict)).isEqualTo(rejection(ErrorCode.INVALID_MESSAGE));
        assertThat(decide(sendChat("what a deal"), strict)).isInstanceOf(Post.class);
        assertThat(decide(sendChat(HOST, "https://example.test is no scam"), strict))
                .isInstanceOf(Post.class);
        assertThat(ChatRules.decide(sendChat("what a fake"), OPEN, List.of("fake"), NOW))
                .isInstanceOf(Reject.class);
    }

    @Test
    void rateLimitsApplyToAllButModerators() {
        ChatRoom slow = room(new ChatPolicy(5, 10, false, true, 60, List.of()));
        assertThat(post(sendChat("Hi", null, "c"), slow).rateLimits())
                .isEqualTo(new ChatRules.RoomRateLimits(
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(60),
                        Duration.ofMinutes(10),
                        post(sendChat("  hI ", null, "c"), slow).rateLimits().textHash()));
        assertThat(post(sendChat(HOST, "Hi"), slow).rateLimits()).isEqualTo(ChatRules.RoomRateLimits.UNLIMITED);
        assertThat(post(sendChat("Hi")).rateLimits()).isEqualTo(ChatRules.RoomRateLimits.UNLIMITED);
    }

    @Test
    void deletedPinnedMessageIsUnpinned() {
        ChatPosted message = post(sendChat("Buy now")).event();
        ChatRoom pinned = ChatRules.apply(OPEN, new ChatModeration.Pin(message));
        assertThat(pinned.pinned()).isEqualTo(message);
        assertThat(pinned.version()).isEqualTo(OPEN.version() + 1);
        assertThat(ChatRules.apply(pinned, new ChatModeration.DeleteMessage(message.id(), null, null))
                        .pinned())
                .isNull();
        assertThat(ChatRules.apply(pinned, new ChatModeration.Ban(KIM.id())).pinned())
                .isNull();
        assertThat(ChatRules.apply(pinned, new ChatModeration.DeleteAll("another"))
                        .pinned())
                .isEqualTo(message);
    }

    private static SendChat sendChat(String message) {
        return sendChat(message, null, "command");
    }

    private static SendChat sendChat(User user, String message) {
        return new SendChat(KEY, user, REPLY, "command", message, null);
    }

    private static ChatRoom room(ChatPolicy policy) {
        return new ChatRoom(1, HOST.id(), policy);
    }

    private static void assertRejected(ErrorCode code, ThrowingCallable attempt) {
        assertThatThrownBy(attempt)
                .isInstanceOfSatisfying(
                        DoramiException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private static SendChat sendChat(String message, @Nullable String clientMessageId, String commandId) {
        return new SendChat(KEY, KIM, REPLY, commandId, message, clientMessageId);
    }

    private static Post post(SendChat command) {
        return post(command, OPEN);
    }

    private static Post post(SendChat command, ChatRoom room) {
        return (Post) decide(command, room);
    }

    /** Compares rejections by their code only, so that the message can change. */
    private static Decision decide(SendChat command, ChatRoom room) {
        Decision decision = ChatRules.decide(command, room, List.of(), NOW);
        return decision instanceof Reject reject ? rejection(reject.code()) : decision;
    }

    private static Decision decide(SendChat command) {
        return decide(command, OPEN);
    }

    private static Reject rejection(ErrorCode code) {
        return new Reject(code, "");
    }
}
