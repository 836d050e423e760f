package io.dorami.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.dorami.chat.ChatRules.Decision;
import io.dorami.chat.ChatRules.Decision.Delete;
import io.dorami.chat.ChatRules.Decision.Post;
import io.dorami.chat.ChatRules.Decision.Refuse;
import io.dorami.contracts.ChatCommand.DeleteChat;
import io.dorami.contracts.ChatCommand.SendChat;
import io.dorami.contracts.ErrorCode;
import io.dorami.contracts.ReplyTo;
import io.dorami.contracts.StreamKey;
import io.dorami.contracts.User;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ChatRulesTest {

    private static final Instant NOW = Instant.parse("2026-02-28T12:00:00Z");
    private static final StreamKey KEY = new StreamKey("KEYA");
    private static final User KIM = new User("u1", "Kim", User.Role.USER);
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
    void onlyAnAdminDeletes() {
        String id = UUID.randomUUID().toString();
        assertThat(ChatRules.decide(new DeleteChat(KEY, KIM, REPLY, id), NOW))
                .isInstanceOfSatisfying(
                        Refuse.class, refuse -> assertThat(refuse.code()).isEqualTo(ErrorCode.FORBIDDEN));
        assertThat(ChatRules.decide(new DeleteChat(KEY, ADMIN, REPLY, id), NOW))
                .isInstanceOfSatisfying(
                        Delete.class,
                        delete -> assertThat(delete.event().messageId()).hasToString(id));
        assertThat(ChatRules.decide(new DeleteChat(KEY, ADMIN, REPLY, "7"), NOW))
                .isInstanceOfSatisfying(
                        Refuse.class, refuse -> assertThat(refuse.code()).isEqualTo(ErrorCode.INVALID_MESSAGE_ID));
    }

    private static SendChat say(String message) {
        return say(message, null, "command");
    }

    private static SendChat say(String message, @Nullable String clientMessageId, String commandId) {
        return new SendChat(KEY, KIM, REPLY, commandId, message, clientMessageId);
    }

    private static Post post(SendChat command) {
        return (Post) ChatRules.decide(command, NOW);
    }

    /** Refusals are compared by their code: the sentence may be bettered. */
    private static Decision decide(SendChat command) {
        return ChatRules.decide(command, NOW) instanceof Refuse refuse
                ? refusal(refuse.code())
                : ChatRules.decide(command, NOW);
    }

    private static Refuse refusal(ErrorCode code) {
        return new Refuse(code, "");
    }
}
