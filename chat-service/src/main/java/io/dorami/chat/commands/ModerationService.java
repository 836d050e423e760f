package io.dorami.chat.commands;

import io.dorami.chat.ChatMetrics;
import io.dorami.chat.db.ModerationStore;
import io.dorami.chat.db.ModerationStore.AuditEntry;
import io.dorami.chat.redis.ChatLogReader;
import io.dorami.chat.redis.ChatRoomCache;
import io.dorami.chat.rules.ChatRules;
import io.dorami.contracts.Json;
import io.dorami.contracts.User;
import io.dorami.contracts.commands.ChatCommand.ModerateChat;
import io.dorami.contracts.commands.ChatModeration;
import io.dorami.contracts.commands.ChatPolicy;
import io.dorami.contracts.commands.ChatRoom;
import io.dorami.contracts.commands.Reply;
import io.dorami.contracts.commands.ReplyTo;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.events.DirectEvent.ChatDeleteConfirmed;
import io.dorami.contracts.events.RoomEvent;
import io.dorami.contracts.events.RoomEvent.ChatPosted;
import io.dorami.contracts.events.RoomEvent.ChatRestricted;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.messaging.EventBus;
import io.dorami.service.redis.SequentialRequests;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a moderator does: kept in PostgreSQL first, then carried out in the room's own order, by whoever owns its
 * partition. Carrying it out twice changes nothing more.
 */
@ApplicationScoped
public class ModerationService {

    private final ModerationStore store;
    private final ChatRoomCache rooms;
    private final ChatLogReader log;
    private final EventBus bus;
    private final ChatMetrics metrics;

    ModerationService(
            ModerationStore store, ChatRoomCache rooms, ChatLogReader log, EventBus bus, ChatMetrics metrics) {
        this.store = store;
        this.rooms = rooms;
        this.log = log;
        this.bus = bus;
        this.metrics = metrics;
    }

    /** The room, if the user may moderate it. */
    public Uni<ChatRoom> room(StreamKey key, User moderator) {
        return rooms.fetch(key, bus.lane()).map(found -> {
            ChatRoom room = found.orElseThrow(
                    () -> new DoramiException(ErrorCode.STREAM_NOT_FOUND, "There is no such stream, hence no chat"));
            ChatRules.requireModerator(moderator, room);
            return room;
        });
    }

    /**
     * Keeps an action; it takes effect a few milliseconds later.
     *
     * @param decision what is done, given what the room is at that moment; fails where it may not be done
     */
    public Uni<AuditEntry> act(
            StreamKey key,
            User moderator,
            @Nullable ReplyTo replyTo,
            String reason,
            Function<ChatRoom, ChatModeration> decision) {
        return room(key, moderator)
                .chain(room -> store.act(key, room, moderator, replyTo, reason, before -> {
                    ChatModeration what = decision.apply(before);
                    ChatRules.requireTarget(moderator, what, before);
                    return what;
                }))
                .invoke(action -> metrics.moderated(action.kind()));
    }

    /** The message, if the log still has it; who may not moderate hears nothing of it. */
    public Uni<Optional<ChatPosted>> find(StreamKey key, User moderator, UUID messageId) {
        return room(key, moderator).chain(() -> log.find(new RoomId(RoomType.CHAT, key), messageId, bus.lane()));
    }

    /** Takes a message back; of one that the log still has, the audit says who had said what. */
    public Uni<AuditEntry> delete(
            StreamKey key, User moderator, @Nullable ReplyTo replyTo, UUID messageId, String reason) {
        return find(key, moderator, messageId)
                .chain(message -> act(
                        key,
                        moderator,
                        replyTo,
                        reason,
                        room -> new ChatModeration.DeleteMessage(
                                messageId,
                                message.map(ChatPosted::userId).orElse(null),
                                message.map(ChatPosted::message).orElse(null))));
    }

    /** Carries out what is kept: Redis knows, the room hears, and whoever asked is told. */
    Uni<Void> carryOut(ModerateChat action, SequentialRequests lane) {
        return rooms.change(action, lane)
                .chain(() -> tell(action, lane))
                .chain(() -> action.pinChanged()
                        ? publish(
                                action,
                                new RoomEvent.ChatPinned(
                                        action.stream(),
                                        action.state().pinned(),
                                        action.user().id(),
                                        action.at()),
                                "pin:" + action.actionId(),
                                lane)
                        : Uni.createFrom().voidItem())
                .chain(() -> answer(action, lane));
    }

    /** What the room shows of its rules. */
    static RoomEvent.ChatMode mode(StreamKey key, ChatPolicy policy, Instant now) {
        return new RoomEvent.ChatMode(
                key, policy.slowSeconds(), policy.minutesInRoom(), policy.closed(), policy.links(), now);
    }

    private Uni<Void> tell(ModerateChat action, SequentialRequests lane) {
        String once = "moderation:" + action.actionId();
        return switch (action.what()) {
            case ChatModeration.DeleteMessage delete -> delete(action, delete.messageId(), lane);
            case ChatModeration.DeleteAll all -> clear(action, all.userId(), lane);
            case ChatModeration.TimeOut out ->
                publish(action, restricted(action, out.userId(), ChatRestricted.Kind.TIMEOUT, out.until()), once, lane);
            case ChatModeration.Ban ban ->
                publish(action, restricted(action, ban.userId(), ChatRestricted.Kind.BAN, null), once, lane)
                        .chain(() -> clear(action, ban.userId(), lane));
            case ChatModeration.Unban unban ->
                publish(action, restricted(action, unban.userId(), ChatRestricted.Kind.NONE, null), once, lane);
            case ChatModeration.ChangePolicy change ->
                publish(action, mode(action.stream(), change.policy(), action.at()), once, lane);
            case ChatModeration.Pin pin -> Uni.createFrom().voidItem();
            case ChatModeration.Unpin unpin -> Uni.createFrom().voidItem();
        };
    }

    /**
     * The web client knows tombstones of single messages only, so those that a screen shows get one each; then one for all
     * that the user has said, which history and newer clients go by.
     */
    private Uni<Void> clear(ModerateChat action, String userId, SequentialRequests lane) {
        return log.read(action.room(), lane)
                .chain(past -> Multi.createFrom()
                        .iterable(past.messages())
                        .map(json -> Json.read(json, ChatPosted.class))
                        .filter(message -> message.userId().equals(userId))
                        .onItem()
                        .transformToUniAndConcatenate(message -> delete(action, message.id(), lane))
                        .onItem()
                        .ignoreAsUni())
                .chain(() -> publish(
                        action,
                        new RoomEvent.ChatCleared(
                                userId, action.stream(), action.user().id(), action.at()),
                        "clear:" + action.actionId(),
                        lane));
    }

    private Uni<Void> delete(ModerateChat action, UUID messageId, SequentialRequests lane) {
        return publish(
                action,
                new RoomEvent.ChatDeleted(
                        messageId, action.stream(), action.user().id(), action.at()),
                "delete:" + messageId,
                lane);
    }

    private Uni<Void> publish(ModerateChat action, RoomEvent event, String dedupe, SequentialRequests lane) {
        return bus.in(lane)
                .publishOnce(RedisKeys.roomEvents(action.room()), event, dedupe)
                .replaceWithVoid();
    }

    private Uni<Void> answer(ModerateChat action, SequentialRequests lane) {
        if (action.replyTo() == null || !(action.what() instanceof ChatModeration.DeleteMessage delete)) {
            return Uni.createFrom().voidItem();
        }
        return bus.in(lane)
                .answer(new Reply(
                        action.replyTo(),
                        action.room(),
                        Reply.MembershipChange.NONE,
                        null,
                        List.of(),
                        EventBus.frame(new ChatDeleteConfirmed(delete.messageId(), Instant.now()))));
    }

    private static ChatRestricted restricted(
            ModerateChat action, String userId, ChatRestricted.Kind kind, @Nullable Instant until) {
        return new ChatRestricted(
                userId, action.stream(), kind, until, action.user().id(), action.at());
    }
}
