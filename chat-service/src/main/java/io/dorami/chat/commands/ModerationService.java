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
import io.dorami.contracts.events.MembershipChange;
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
 * Executes moderation actions. An action is stored in PostgreSQL first, then applied in the order of the room's
 * commands by the replica that owns the room's partition. Applying an action is idempotent.
 */
@ApplicationScoped
public class ModerationService {

    private final ModerationStore store;
    private final ChatRoomCache roomCache;
    private final ChatLogReader logReader;
    private final EventBus bus;
    private final ChatMetrics metrics;

    ModerationService(
            ModerationStore store,
            ChatRoomCache roomCache,
            ChatLogReader logReader,
            EventBus bus,
            ChatMetrics metrics) {
        this.store = store;
        this.roomCache = roomCache;
        this.logReader = logReader;
        this.bus = bus;
        this.metrics = metrics;
    }

    /** Returns the room. Fails if it does not exist or the user is not a moderator of it. */
    public Uni<ChatRoom> requireModeratedRoom(StreamKey key, User moderator) {
        return roomCache.fetch(key, bus.newSequentialRequests()).map(found -> {
            ChatRoom room = found.orElseThrow(
                    () -> new DoramiException(ErrorCode.STREAM_NOT_FOUND, "Stream not found; it has no chat room"));
            ChatRules.requireModerator(moderator, room);
            return room;
        });
    }

    /**
     * Stores an action, which is applied a few milliseconds later.
     *
     * @param decision returns the action for the room's current state; throws if the action is not allowed
     */
    public Uni<AuditEntry> moderate(
            StreamKey key,
            User moderator,
            @Nullable ReplyTo replyTo,
            String reason,
            Function<ChatRoom, ChatModeration> decision) {
        return requireModeratedRoom(key, moderator)
                .chain(room -> store.recordAction(key, room, moderator, replyTo, reason, before -> {
                    ChatRules.requireModerator(moderator, before); // may have been removed from the staff meanwhile
                    ChatModeration action = decision.apply(before);
                    ChatRules.requireValidTarget(moderator, action, before);
                    return action;
                }))
                .invoke(entry -> metrics.countModerationAction(entry.kind()));
    }

    /** Finds a message in the room's log. Fails if the user is not a moderator of the room. */
    public Uni<Optional<ChatPosted>> find(StreamKey key, User moderator, UUID messageId) {
        return requireModeratedRoom(key, moderator)
                .chain(() -> logReader.find(new RoomId(RoomType.CHAT, key), messageId, bus.newSequentialRequests()));
    }

    /** Deletes a message. The audit contains its sender and text if the message is still in the log. */
    public Uni<AuditEntry> delete(
            StreamKey key, User moderator, @Nullable ReplyTo replyTo, UUID messageId, String reason) {
        return find(key, moderator, messageId)
                .chain(message -> moderate(
                        key,
                        moderator,
                        replyTo,
                        reason,
                        room -> new ChatModeration.DeleteMessage(
                                messageId,
                                message.map(ChatPosted::userId).orElse(null),
                                message.map(ChatPosted::message).orElse(null))));
    }

    /** Applies a stored action: updates Redis, publishes the events to the room, and replies to the moderator. */
    Uni<Void> apply(ModerateChat command, SequentialRequests requests) {
        return roomCache
                .apply(command, requests)
                .chain(() -> publishAction(command, requests))
                .chain(() -> command.pinChanged()
                        ? publish(
                                command,
                                new RoomEvent.ChatPinned(
                                        command.stream(),
                                        command.state().pinned(),
                                        command.user().id(),
                                        command.at()),
                                "pin:" + command.actionId(),
                                requests)
                        : Uni.createFrom().voidItem())
                .chain(() -> reply(command, requests));
    }

    /** Creates the event with the rules that clients display. */
    static RoomEvent.ChatMode modeEvent(StreamKey key, ChatPolicy policy, Instant now) {
        return new RoomEvent.ChatMode(
                key, policy.slowSeconds(), policy.minutesInRoom(), policy.closed(), policy.links(), now);
    }

    private Uni<Void> publishAction(ModerateChat command, SequentialRequests requests) {
        String dedupe = "moderation:" + command.actionId();
        return switch (command.action()) {
            case ChatModeration.DeleteMessage delete -> delete(command, delete.messageId(), requests);
            case ChatModeration.DeleteAll all -> deleteAllOfUser(command, all.userId(), requests);
            case ChatModeration.TimeOut out ->
                publish(
                        command,
                        restrictedEvent(command, out.userId(), ChatRestricted.Restriction.TIMEOUT, out.until()),
                        dedupe,
                        requests);
            case ChatModeration.Ban ban ->
                publish(
                                command,
                                restrictedEvent(command, ban.userId(), ChatRestricted.Restriction.BAN, null),
                                dedupe,
                                requests)
                        .chain(() -> deleteAllOfUser(command, ban.userId(), requests));
            case ChatModeration.Unban unban ->
                publish(
                        command,
                        restrictedEvent(command, unban.userId(), ChatRestricted.Restriction.NONE, null),
                        dedupe,
                        requests);
            case ChatModeration.ChangePolicy change ->
                publish(command, modeEvent(command.stream(), change.policy(), command.at()), dedupe, requests);
            case ChatModeration.Pin pin -> Uni.createFrom().voidItem();
            case ChatModeration.Unpin unpin -> Uni.createFrom().voidItem();
        };
    }

    /**
     * Deletes all messages of a user. The web client supports only tombstones of single messages, so each message of
     * the history gets one. A last event clears all of the user's messages; the history and newer clients use that
     * event.
     */
    private Uni<Void> deleteAllOfUser(ModerateChat command, String userId, SequentialRequests requests) {
        return logReader
                .read(command.room(), requests)
                .chain(page -> Multi.createFrom()
                        .iterable(page.messages())
                        .map(json -> Json.read(json, ChatPosted.class))
                        .filter(message -> message.userId().equals(userId))
                        .onItem()
                        .transformToUniAndConcatenate(message -> delete(command, message.id(), requests))
                        .onItem()
                        .ignoreAsUni())
                .chain(() -> publish(
                        command,
                        new RoomEvent.ChatCleared(
                                userId, command.stream(), command.user().id(), command.at()),
                        "clear:" + command.actionId(),
                        requests));
    }

    private Uni<Void> delete(ModerateChat command, UUID messageId, SequentialRequests requests) {
        return publish(
                command,
                new RoomEvent.ChatDeleted(
                        messageId, command.stream(), command.user().id(), command.at()),
                "delete:" + messageId,
                requests);
    }

    private Uni<Void> publish(ModerateChat command, RoomEvent event, String dedupe, SequentialRequests requests) {
        return bus.withRequests(requests)
                .publishOnce(RedisKeys.roomKeys(command.room()), event, dedupe)
                .replaceWithVoid();
    }

    private Uni<Void> reply(ModerateChat command, SequentialRequests requests) {
        if (command.replyTo() == null || !(command.action() instanceof ChatModeration.DeleteMessage delete)) {
            return Uni.createFrom().voidItem();
        }
        return bus.withRequests(requests)
                .reply(new Reply(
                        command.replyTo(),
                        command.room(),
                        MembershipChange.NONE,
                        null,
                        List.of(),
                        EventBus.toFrame(new ChatDeleteConfirmed(delete.messageId(), Instant.now()))));
    }

    private static ChatRestricted restrictedEvent(
            ModerateChat command, String userId, ChatRestricted.Restriction restriction, @Nullable Instant until) {
        return new ChatRestricted(
                userId, command.stream(), restriction, until, command.user().id(), command.at());
    }
}
