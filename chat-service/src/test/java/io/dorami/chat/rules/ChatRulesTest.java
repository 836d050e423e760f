package io.dorami.chat.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dorami.chat.rules.ChatRules.Decision;
import io.dorami.chat.rules.ChatRules.Decision.Post;
import io.dorami.chat.rules.ChatRules.Decision.Reject;
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
    private static final ChatRoom OPEN = new ChatRoom(1, HOST.id(), ChatPolicy.OPEN, null);
    private static final User ADMIN = new User("a1", "Admin", User.Role.ADMIN);
    private static final ReplyTo REPLY = new ReplyTo("boot", "c1", null);

    @Test
    void markupIsRemovedAndTheTextTrimmed() {
        assertThat(post(say("  <b>Hello</b> <img src=x onerror=alert(1)> world "))
                        .event()
                        .message())
                .isEqualTo("Hello  world");
    }

    @Test
    void aMessageOfMarkupAloneIsEmpty() {
        assertThat(decide(say("<script></script> "))).isEqualTo(refusal(ErrorCode.INVALID_MESSAGE));
    }

    @Test
    void fiveHundredCharactersAreTheMost() {
        assertThat(post(say("😀".repeat(500))).event().message()).isEqualTo("😀".repeat(500));
        assertThat(decide(say("x".repeat(501)))).isEqualTo(refusal(ErrorCode.MESSAGE_TOO_LONG));
    }

    @Test
    void aRepeatOfTheSameClientMessageIsTheSameMessage() {
        Post first = post(say("Hi", "m-1", "command-1"));
        Post second = post(say("Hi", "m-1", "command-2"));
        assertThat(second.dedupe()).isEqualTo(first.dedupe());
        assertThat(second.event().id()).isEqualTo(first.event().id());
    }

    @Test
    void differentSendersMayUseTheSameClientMessageId() {
        Post kim = post(say("Hi", "m-1", "command-1"));
        Post lee = post(
                (SendChat) new SendChat(KEY, new User("u2", "Lee", User.Role.USER), REPLY, "command-2", "Hi", "m-1"));
        assertThat(lee.dedupe()).isNotEqualTo(kim.dedupe());
        assertThat(lee.event().id()).isNotEqualTo(kim.event().id());
    }

    @Test
    void withoutAClientMessageIdEachCommandIsAMessage() {
        assertThat(post(say("Hi", null, "command-1")).dedupe())
                .isNotEqualTo(post(say("Hi", null, "command-2")).dedupe());
    }

    @Test
    void aClientMessageIdOutOfBoundsIsRefused() {
        assertThat(decide(say("Hi", "x".repeat(65), "c"))).isEqualTo(refusal(ErrorCode.VALIDATION_ERROR));
        assertThat(decide(say("Hi", " ", "c"))).isEqualTo(refusal(ErrorCode.VALIDATION_ERROR));
    }

    @Test
    void adminsAndTheHostModerate() {
        ChatRules.requireModerator(ADMIN, OPEN);
        ChatRules.requireModerator(HOST, OPEN);
        assertRefused(ErrorCode.FORBIDDEN, () -> ChatRules.requireModerator(KIM, OPEN));
        ChatRoom orphan = new ChatRoom(0, "", ChatPolicy.OPEN, null);
        assertRefused(ErrorCode.FORBIDDEN, () -> ChatRules.requireModerator(HOST, orphan));
    }

    @Test
    void neitherTheHostNorOneselfIsSilenced() {
        ChatRules.requireTarget(HOST, new ChatModeration.Ban(KIM.id()), OPEN);
        ChatRules.requireTarget(HOST, new ChatModeration.DeleteAll(HOST.id()), OPEN);
        ChatModeration timeOut = new ChatModeration.TimeOut(HOST.id(), NOW);
        assertRefused(ErrorCode.CONFLICT, () -> ChatRules.requireTarget(ADMIN, timeOut, OPEN));
        ChatModeration ban = new ChatModeration.Ban(ADMIN.id());
        assertRefused(ErrorCode.CONFLICT, () -> ChatRules.requireTarget(ADMIN, ban, OPEN));
    }

    @Test
    void aTimeOutLastsTenSecondsToADay() {
        assertThat(ChatRules.timeOut(Duration.ofSeconds(10), NOW)).isEqualTo(NOW.plusSeconds(10));
        assertThat(ChatRules.timeOut(Duration.ofHours(24), NOW)).isEqualTo(NOW.plusSeconds(86_400));
        assertRefused(ErrorCode.VALIDATION_ERROR, () -> ChatRules.timeOut(Duration.ofSeconds(9), NOW));
        assertRefused(ErrorCode.VALIDATION_ERROR, () -> ChatRules.timeOut(Duration.ofSeconds(86_401), NOW));
    }

    @Test
    void aClosedRoomHearsItsModeratorsAlone() {
        ChatRoom closed = room(new ChatPolicy(0, 0, true, true, 0, List.of()));
        assertThat(decide(say("Hi"), closed)).isEqualTo(refusal(ErrorCode.FORBIDDEN));
        assertThat(decide(say(HOST, "Hi"), closed)).isInstanceOf(Post.class);
        assertThat(decide(say(ADMIN, "Hi"), closed)).isInstanceOf(Post.class);
    }

    @Test
    void addressesAndWordsAreRefusedWhereTheRoomSaysSo() {
        ChatRoom strict = room(new ChatPolicy(0, 0, false, false, 0, List.of("scam")));
        assertThat(decide(say("look at https://example.test"), strict)).isEqualTo(refusal(ErrorCode.INVALID_MESSAGE));
        assertThat(decide(say("what a SCAM!"), strict)).isEqualTo(refusal(ErrorCode.INVALID_MESSAGE));
        assertThat(decide(say("what a deal"), strict)).isInstanceOf(Post.class);
        assertThat(decide(say(HOST, "https://example.test is no scam"), strict)).isInstanceOf(Post.class);
        assertThat(ChatRules.decide(say("what a fake"), OPEN, List.of("fake"), NOW))
                .isInstanceOf(Reject.class);
    }

    @Test
    void theRoomAsksForPaceAndItsModeratorsAreFree() {
        ChatRoom slow = room(new ChatPolicy(5, 10, false, true, 60, List.of()));
        assertThat(post(say("Hi", null, "c"), slow).pace())
                .isEqualTo(new ChatRules.RoomRateLimits(
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(60),
                        Duration.ofMinutes(10),
                        post(say("  hI ", null, "c"), slow).pace().text()));
        assertThat(post(say(HOST, "Hi"), slow).pace()).isEqualTo(ChatRules.RoomRateLimits.FREE);
        assertThat(post(say("Hi")).pace()).isEqualTo(ChatRules.RoomRateLimits.FREE);
    }

    @Test
    void aPinnedMessageThatIsTakenBackIsPinnedNoLonger() {
        ChatPosted message = post(say("Buy now")).event();
        ChatRoom pinned = ChatRules.after(OPEN, new ChatModeration.Pin(message));
        assertThat(pinned.pinned()).isEqualTo(message);
        assertThat(pinned.version()).isEqualTo(OPEN.version() + 1);
        assertThat(ChatRules.after(pinned, new ChatModeration.DeleteMessage(message.id(), null, null))
                        .pinned())
                .isNull();
        assertThat(ChatRules.after(pinned, new ChatModeration.Ban(KIM.id())).pinned())
                .isNull();
        assertThat(ChatRules.after(pinned, new ChatModeration.DeleteAll("another"))
                        .pinned())
                .isEqualTo(message);
    }

    private static SendChat say(String message) {
        return say(message, null, "command");
    }

    private static SendChat say(User user, String message) {
        return new SendChat(KEY, user, REPLY, "command", message, null);
    }

    private static ChatRoom room(ChatPolicy policy) {
        return new ChatRoom(1, HOST.id(), policy, null);
    }

    private static void assertRefused(ErrorCode code, ThrowingCallable attempt) {
        assertThatThrownBy(attempt)
                .isInstanceOfSatisfying(
                        DoramiException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private static SendChat say(String message, @Nullable String clientMessageId, String commandId) {
        return new SendChat(KEY, KIM, REPLY, commandId, message, clientMessageId);
    }

    private static Post post(SendChat command) {
        return post(command, OPEN);
    }

    private static Post post(SendChat command, ChatRoom room) {
        return (Post) decide(command, room);
    }

    /** Refusals are compared by their code: the sentence may be bettered. */
    private static Decision decide(SendChat command, ChatRoom room) {
        Decision decision = ChatRules.decide(command, room, List.of(), NOW);
        return decision instanceof Reject refuse ? refusal(refuse.code()) : decision;
    }

    private static Decision decide(SendChat command) {
        return decide(command, OPEN);
    }

    private static Reject refusal(ErrorCode code) {
        return new Reject(code, "");
    }
}
