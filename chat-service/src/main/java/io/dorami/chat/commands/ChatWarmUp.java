package io.dorami.chat.commands;

import io.dorami.chat.redis.ChatLogReader;
import io.dorami.chat.redis.MessageWriter;
import io.dorami.chat.rules.ChatRules;
import io.dorami.chat.rules.ChatRules.Decision;
import io.dorami.chat.rules.HistoryCollector;
import io.dorami.contracts.Json;
import io.dorami.contracts.User;
import io.dorami.contracts.commands.ChatCommand.SendChat;
import io.dorami.contracts.commands.ChatInboxMessage;
import io.dorami.contracts.commands.ChatPolicy;
import io.dorami.contracts.commands.ChatRoom;
import io.dorami.contracts.commands.Reply;
import io.dorami.contracts.commands.ReplyTo;
import io.dorami.contracts.events.DirectEvent;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.events.MembershipChange;
import io.dorami.contracts.events.RoomEvent;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.messaging.EventBus;
import io.dorami.service.redis.SequentialRequests;
import io.dorami.service.runtime.WarmUp;
import io.dorami.service.runtime.WarmUpStep;
import io.dorami.service.runtime.WarmUpSteps;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * Warms up messages and joins, from the JSON of a command to the reply. The room has an impossible version, for which the
 * scripts write nothing but the user's rate limit, which expires after 10 s.
 */
@ApplicationScoped
class ChatWarmUp implements WarmUpSteps {

    private static final StreamKey KEY = new StreamKey(WarmUp.RESERVED_NAME);
    private static final RoomId ROOM = new RoomId(RoomType.CHAT, KEY);
    private static final User USER = new User(WarmUp.RESERVED_NAME, WarmUp.RESERVED_NAME, User.Role.USER);

    /** No gateway has this name, so that no reply reaches one. */
    private static final ReplyTo REPLY_TO = new ReplyTo(WarmUp.RESERVED_NAME, WarmUp.RESERVED_NAME, null);

    private static final List<String> BANNED_WORDS = List.of("spam", "casino");
    private static final ChatRoom STRICT_ROOM =
            new ChatRoom(-1, "", new ChatPolicy(0, 0, false, false, 10, BANNED_WORDS));

    private static final int HISTORY_MESSAGES = 100;

    private final MessageWriter messageWriter;
    private final ChatLogReader logReader;
    private final EventBus bus;

    ChatWarmUp(MessageWriter messageWriter, ChatLogReader logReader, EventBus bus) {
        this.messageWriter = messageWriter;
        this.logReader = logReader;
        this.bus = bus;
    }

    @Override
    public List<WarmUpStep> warmUpSteps() {
        return List.of(WarmUpStep.repeated("messages", this::send), WarmUpStep.repeated("joins", this::join));
    }

    private Uni<?> send() {
        Instant now = Instant.now();
        String json = Json.write(new SendChat(
                KEY, USER, REPLY_TO, UUID.randomUUID().toString(), "Ist die Vase noch da? 아직 있나요 ①②③ 💐", null));
        SendChat command = (SendChat) Json.read(json, ChatInboxMessage.class);
        return switch (ChatRules.decide(command, STRICT_ROOM, BANNED_WORDS, now)) {
            case Decision.Reject reject -> throw new IllegalStateException(reject.message());
            case Decision.Post post -> {
                DirectEvent sent = new DirectEvent.ChatSent(post.event().id(), now);
                Reply success = new Reply(
                        command.replyTo(), ROOM, MembershipChange.NONE, null, List.of(), EventBus.toFrame(sent));
                yield messageWriter.post(post, success, STRICT_ROOM, bus.newSequentialRequests());
            }
        };
    }

    private Uni<?> join() {
        SequentialRequests requests = bus.newSequentialRequests();
        return messageWriter
                .join(KEY, USER.id(), STRICT_ROOM, requests)
                .chain(() -> logReader.read(ROOM, requests))
                .map(page -> encodeReply(page.position()));
    }

    private static String encodeReply(String position) {
        Instant now = Instant.now();
        EventFrame posted = EventBus.toFrame(new RoomEvent.ChatPosted(
                UUID.randomUUID(), KEY, USER.id(), USER.name(), "Ist die Vase noch da?", null, now));
        HistoryCollector history = new HistoryCollector(HISTORY_MESSAGES);
        while (!history.isFull()) {
            history.addOlder(EventFrame.decode(position, posted.body()));
        }
        return new Reply(
                        REPLY_TO,
                        ROOM,
                        MembershipChange.JOINED,
                        position,
                        List.of(HistoryCollector.frame(KEY, history.messages())),
                        EventBus.toFrame(new DirectEvent.ChatJoined(ROOM.toString(), now)))
                .encode();
    }
}
