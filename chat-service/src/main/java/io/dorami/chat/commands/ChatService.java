package io.dorami.chat.commands;

import io.dorami.chat.ChatConfig;
import io.dorami.chat.ChatMetrics;
import io.dorami.chat.redis.ChatLogReader;
import io.dorami.chat.redis.ChatRoomCache;
import io.dorami.chat.redis.MessageWriter;
import io.dorami.chat.rules.ChatRules;
import io.dorami.chat.rules.ChatRules.Decision;
import io.dorami.chat.rules.HistoryCollector;
import io.dorami.contracts.ShowRole;
import io.dorami.contracts.commands.ChatCommand;
import io.dorami.contracts.commands.ChatCommand.ApplyStaff;
import io.dorami.contracts.commands.ChatCommand.DeleteChat;
import io.dorami.contracts.commands.ChatCommand.JoinChat;
import io.dorami.contracts.commands.ChatCommand.LeaveChat;
import io.dorami.contracts.commands.ChatCommand.ModerateChat;
import io.dorami.contracts.commands.ChatCommand.ReadChat;
import io.dorami.contracts.commands.ChatCommand.SendChat;
import io.dorami.contracts.commands.ChatInboxMessage;
import io.dorami.contracts.commands.ChatRoom;
import io.dorami.contracts.commands.InboxAddress;
import io.dorami.contracts.commands.Reply;
import io.dorami.contracts.commands.ReplyTo;
import io.dorami.contracts.commands.StreamLifecycle;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.events.DirectEvent;
import io.dorami.contracts.events.DirectEvent.ChatJoined;
import io.dorami.contracts.events.DirectEvent.ChatLeft;
import io.dorami.contracts.events.DirectEvent.ChatSent;
import io.dorami.contracts.events.DirectEvent.RequestRejected;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.events.MembershipChange;
import io.dorami.contracts.events.RoomEvent;
import io.dorami.contracts.events.RoomEvent.ChatUserJoined;
import io.dorami.contracts.events.RoomEvent.ChatUserLeft;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.RoomId;
import io.dorami.service.messaging.EventBus;
import io.dorami.service.messaging.JoinLeaveThrottle;
import io.dorami.service.messaging.ServiceReplica;
import io.dorami.service.redis.SequentialRequests;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Handles chat commands from the inbox: decides by {@link ChatRules}, publishes the event to the room, then replies to
 * the client.
 */
@ApplicationScoped
class ChatService {

    /** Number of attempts to execute a command if the room changes between the decision and its execution. */
    private static final int MAX_ATTEMPTS = 5;

    /** Maximum number of joins that wait for a stream's registration; each polls every {@link #ROOM_POLL_INTERVAL}. */
    private static final int MAX_WAITING_JOINS = 1_000;

    private static final Duration ROOM_POLL_INTERVAL = Duration.ofMillis(100);

    /** Joins and leaves of a chat room share one limit. */
    private static final String THROTTLED_EVENTS = "join or leave";

    private static final Logger LOG = Logger.getLogger(ChatService.class);

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final AtomicInteger waitingJoins = new AtomicInteger();
    private final ServiceReplica replica;
    private final EventBus bus;
    private final JoinLeaveThrottle joinLeaveThrottle;
    private final ChatLogReader logReader;
    private final ChatRoomCache roomCache;
    private final MessageWriter messageWriter;
    private final ModerationService moderation;
    private final StaffChanges staffChanges;
    private final ChatStatisticsRecorder statistics;
    private final ChatConfig config;
    private final ChatMetrics metrics;

    ChatService(
            ServiceReplica replica,
            EventBus bus,
            JoinLeaveThrottle joinLeaveThrottle,
            ChatLogReader logReader,
            ChatRoomCache roomCache,
            MessageWriter messageWriter,
            ModerationService moderation,
            StaffChanges staffChanges,
            ChatStatisticsRecorder statistics,
            ChatConfig config,
            ChatMetrics metrics) {
        this.replica = replica;
        this.bus = bus;
        this.joinLeaveThrottle = joinLeaveThrottle;
        this.logReader = logReader;
        this.roomCache = roomCache;
        this.messageWriter = messageWriter;
        this.moderation = moderation;
        this.staffChanges = staffChanges;
        this.statistics = statistics;
        this.config = config;
        this.metrics = metrics;
    }

    void start(@Observes StartupEvent event) {
        replica.consumePipelined(InboxAddress.CHAT, this::handle);
    }

    private Uni<Void> handle(ChatInboxMessage message, SequentialRequests requests) {
        return switch (message) {
            case ChatCommand command -> handle(command, requests);
            case StreamLifecycle.StaffChanged event -> staffChanges.accept(event, requests);
            case StreamLifecycle.StreamWentLive event ->
                roomCache.register(event, requests).chain(() -> statistics.startShow(event, requests));
            case StreamLifecycle.StreamWentOffline event ->
                roomCache.register(event, requests).chain(() -> statistics.endShow(event, requests));
            case StreamLifecycle event -> roomCache.register(event, requests);
        };
    }

    private Uni<Void> handle(ChatCommand command, SequentialRequests requests) {
        metrics.countCommand(command);
        return switch (command) {
            case JoinChat join -> join(join, requests);
            case ReadChat read -> read(read, requests);
            case LeaveChat leave -> leave(leave, requests);
            case SendChat send -> send(send, requests);
            case DeleteChat delete -> delete(delete, requests);
            case ModerateChat moderate -> moderation.apply(moderate, requests);
            case ApplyStaff staff -> roomCache.apply(staff, requests);
        };
    }

    private Uni<Void> send(SendChat send, SequentialRequests requests) {
        Uni<Void> sent = roomCache
                .get(send.stream(), requests)
                .chain(room -> room.isEmpty()
                        ? reject(send, send.replyTo(), unknownRoom(), requests)
                        : send(send, room.get(), requests, MAX_ATTEMPTS));
        return replyOnFailure(sent, send, send.replyTo(), requests);
    }

    private Uni<Void> send(SendChat send, ChatRoom room, SequentialRequests requests, int attemptsLeft) {
        return switch (ChatRules.decide(send, room, roomCache.globalBannedWords(), clock.instant())) {
            case Decision.Reject reject ->
                reject(send, send.replyTo(), new DoramiException(reject.code(), reject.message()), requests);
            case Decision.Post post -> {
                DirectEvent sent = new ChatSent(post.event().id(), clock.instant());
                Reply success = reply(send, send.replyTo(), MembershipChange.NONE, sent);
                yield messageWriter.post(post, success, room, requests).chain(result -> switch (result) {
                    case MessageWriter.WriteResult.Written written ->
                        Uni.createFrom().voidItem();
                    case MessageWriter.WriteResult.Rejected rejected ->
                        reject(
                                send,
                                send.replyTo(),
                                new DoramiException(rejected.code(), rejected.message()),
                                requests);
                    case MessageWriter.WriteResult.Outdated outdated ->
                        reload(send, attemptsLeft, requests)
                                .chain(reloaded -> send(send, reloaded, requests, attemptsLeft - 1));
                });
            }
        };
    }

    /** Work that needs the state of its room. */
    @FunctionalInterface
    private interface RoomWork {
        Uni<Void> run(ChatRoom room, SequentialRequests requests);
    }

    /** The frames before the success of a join, and the position of the newest log entry when they were read. */
    private record Snapshot(List<EventFrame> frames, String position) {}

    private Uni<Void> join(JoinChat join, SequentialRequests requests) {
        return enter(
                join, join.replyTo(), (room, ownRequests) -> join(join, room, ownRequests, MAX_ATTEMPTS), requests);
    }

    private Uni<Void> read(ReadChat read, SequentialRequests requests) {
        return enter(
                read,
                read.replyTo(),
                (room, ownRequests) -> readSnapshot(read.room(), room, clock.instant(), ownRequests)
                        .chain(snapshot -> admit(read, read.replyTo(), null, snapshot, ownRequests)),
                requests);
    }

    /** Runs the work in the command's room, at once or when the stream's registration has arrived. */
    private Uni<Void> enter(ChatCommand command, ReplyTo replyTo, RoomWork work, SequentialRequests requests) {
        Uni<Void> entered = roomCache.get(command.stream(), requests).chain(room -> {
            if (command.stream().equals(ChatRoomCache.GLOBAL_RULES)) {
                return reject(command, replyTo, unknownRoom(), requests);
            }
            if (room.isEmpty()) {
                waitForRoom(command, replyTo, work);
                return Uni.createFrom().voidItem();
            }
            return work.run(room.get(), requests);
        });
        return replyOnFailure(entered, command, replyTo, requests);
    }

    private Uni<Void> join(JoinChat join, ChatRoom room, SequentialRequests requests, int attemptsLeft) {
        return messageWriter
                .join(join.stream(), join.user().id(), room, requests)
                .chain(result -> switch (result) {
                    case MessageWriter.WriteResult.Written written -> completeJoin(join, room, requests);
                    case MessageWriter.WriteResult.Rejected rejected ->
                        reject(
                                join,
                                join.replyTo(),
                                new DoramiException(rejected.code(), rejected.message()),
                                requests);
                    case MessageWriter.WriteResult.Outdated outdated ->
                        reload(join, attemptsLeft, requests)
                                .chain(reloaded -> join(join, reloaded, requests, attemptsLeft - 1));
                });
    }

    /**
     * Reads the history, then publishes the join, then replies with the success. This is the contract's order, and
     * messages posted in between have a later position than the history, so they are not lost.
     */
    private Uni<Void> completeJoin(JoinChat join, ChatRoom state, SequentialRequests requests) {
        Instant now = clock.instant();
        ShowRole role = state.roleOf(join.user()).orElse(null);
        return readSnapshot(join.room(), state, now, requests).chain(snapshot -> {
            if (join.alreadyJoined()) {
                return admit(join, join.replyTo(), role, snapshot, requests);
            }
            RoomEvent userJoined = new ChatUserJoined(join.user().id(), true, join.stream(), now);
            // The throttle may delay or drop the room's event, so the joining client gets its own in the snapshot.
            snapshot.frames().add(EventBus.toFrame(userJoined));
            return publishThrottled(join.room(), userJoined, requests)
                    .chain(() -> admit(join, join.replyTo(), role, snapshot, requests));
        });
    }

    private Uni<Snapshot> readSnapshot(RoomId room, ChatRoom state, Instant now, SequentialRequests requests) {
        return logReader.read(room, requests).map(history -> {
            List<EventFrame> frames = new ArrayList<>();
            if (!history.messages().isEmpty()) {
                frames.add(HistoryCollector.frame(room.key(), history.messages()));
            }
            if (!state.policy().isUnrestricted()) {
                frames.add(EventBus.toFrame(ModerationService.modeEvent(room.key(), state.policy(), now)));
            }
            if (state.pinned() != null) {
                frames.add(
                        EventBus.toFrame(new RoomEvent.ChatPinned(room.key(), state.pinned(), state.ownerId(), now)));
            }
            return new Snapshot(frames, history.position());
        });
    }

    private Uni<Void> admit(
            ChatCommand command,
            ReplyTo replyTo,
            @Nullable ShowRole role,
            Snapshot snapshot,
            SequentialRequests requests) {
        RoomId room = command.room();
        return bus.withRequests(requests)
                .reply(new Reply(
                        replyTo,
                        room,
                        MembershipChange.JOINED,
                        snapshot.position(),
                        snapshot.frames(),
                        EventBus.toFrame(new ChatJoined(socketIoRoom(room), role, clock.instant()))));
    }

    /**
     * Polls for the room outside the inbox, so that other commands do not wait. A repeated join waits separately, which
     * is harmless.
     */
    private void waitForRoom(ChatCommand command, ReplyTo replyTo, RoomWork work) {
        SequentialRequests requests = bus.newSequentialRequests();
        if (waitingJoins.incrementAndGet() > MAX_WAITING_JOINS) {
            waitingJoins.decrementAndGet();
            reject(command, replyTo, unknownRoom(), requests)
                    .subscribe()
                    .with(
                            done -> {},
                            e -> LOG.debugf("Reply not sent: room=%s reason=%s", command.room(), e.getMessage()));
            return;
        }
        Uni<Void> entered = Uni.createFrom()
                .voidItem()
                .onItem()
                .delayIt()
                .by(ROOM_POLL_INTERVAL)
                .chain(() -> roomCache.fetch(command.stream(), requests))
                .repeat()
                .atMost(config.unknownRoomTimeout().dividedBy(ROOM_POLL_INTERVAL))
                .filter(Optional::isPresent)
                .toUni()
                .chain(room -> room == null
                        ? reject(command, replyTo, unknownRoom(), requests)
                        : work.run(room.get(), requests));
        replyOnFailure(entered, command, replyTo, requests)
                .onTermination()
                .invoke(waitingJoins::decrementAndGet)
                .subscribe()
                .with(
                        done -> {},
                        e -> LOG.debugf(
                                "Join failed, client retries: room=%s reason=%s", command.room(), e.getMessage()));
    }

    private Uni<Void> leave(LeaveChat leave, SequentialRequests requests) {
        Instant now = clock.instant();
        RoomEvent userLeft = new ChatUserLeft(leave.user().id(), true, leave.stream(), now);
        Uni<Void> published = publishThrottled(leave.room(), userLeft, requests);
        return leave.disconnected()
                ? published
                : published.chain(() -> reply(
                        leave,
                        leave.replyTo(),
                        MembershipChange.LEFT,
                        new ChatLeft(socketIoRoom(leave.room()), now),
                        requests));
    }

    /**
     * Deletes outside the room's sequence of commands, so that a slow PostgreSQL does not delay messages. Clients retry
     * if no reply arrives.
     */
    private Uni<Void> delete(DeleteChat delete, SequentialRequests requests) {
        Uni<Void> started = roomCache.get(delete.stream(), requests).chain(room -> {
            if (room.isEmpty()) {
                throw unknownRoom();
            }
            ChatRules.requireModerator(delete.user(), room.get());
            SequentialRequests ownRequests = bus.newSequentialRequests();
            Uni<Void> deleted = moderation
                    .delete(
                            delete.stream(),
                            delete.user(),
                            delete.replyTo(),
                            ChatRules.parseMessageId(delete.messageId()),
                            "")
                    .replaceWithVoid();
            replyOnFailure(deleted, delete, delete.replyTo(), ownRequests)
                    .subscribe()
                    .with(
                            done -> {},
                            e -> LOG.debugf("Reply not sent: room=%s reason=%s", delete.room(), e.getMessage()));
            return Uni.createFrom().voidItem();
        });
        return replyOnFailure(started, delete, delete.replyTo(), requests);
    }

    /** Publishes a join or leave in the order of the room's commands, or later if the room's limit is reached. */
    private Uni<Void> publishThrottled(RoomId room, RoomEvent event, SequentialRequests requests) {
        return joinLeaveThrottle.tryAcquire(room, THROTTLED_EVENTS, event, System.nanoTime())
                ? bus.withRequests(requests).publish(RedisKeys.roomKeys(room), event)
                : Uni.createFrom().voidItem();
    }

    private Uni<ChatRoom> reload(ChatCommand command, int attemptsLeft, SequentialRequests requests) {
        if (attemptsLeft == 1) {
            throw new DoramiException(ErrorCode.BUSY, "Room settings are being changed; retry in 1 s");
        }
        return roomCache.fetch(command.stream(), requests).map(room -> room.orElseThrow(ChatService::unknownRoom));
    }

    private Uni<Void> replyOnFailure(
            Uni<Void> work, ChatCommand command, ReplyTo replyTo, SequentialRequests requests) {
        return work.onFailure(DoramiException.class)
                .recoverWithUni(e -> reject(command, replyTo, (DoramiException) e, requests));
    }

    private Uni<Void> reject(ChatCommand command, ReplyTo replyTo, DoramiException e, SequentialRequests requests) {
        metrics.countRejection(e.code());
        // A rejected join removes the client from the room at the gateway, but a member stays joined if the error is
        // retryable.
        boolean isRemoved = switch (command) {
            case JoinChat join -> !(join.alreadyJoined() && e.code().isRetryable());
            case ReadChat read -> !(read.alreadyJoined() && e.code().isRetryable());
            case LeaveChat leave -> false;
            case SendChat send -> false;
            case DeleteChat delete -> false;
            case ModerateChat moderate -> false;
            case ApplyStaff staff -> false;
        };
        MembershipChange membershipChange = isRemoved ? MembershipChange.LEFT : MembershipChange.NONE;
        String clientMessageId = command instanceof SendChat send ? send.clientMessageId() : null;
        RequestRejected rejection =
                RequestRejected.of(e.code(), String.valueOf(e.getMessage()), clientMessageId, clock.instant());
        return reply(command, replyTo, membershipChange, rejection, requests);
    }

    private Uni<Void> reply(
            ChatCommand command,
            ReplyTo replyTo,
            MembershipChange membershipChange,
            DirectEvent result,
            SequentialRequests requests) {
        return bus.withRequests(requests).reply(reply(command, replyTo, membershipChange, result));
    }

    private static Reply reply(
            ChatCommand command, ReplyTo replyTo, MembershipChange membershipChange, DirectEvent result) {
        return new Reply(replyTo, command.room(), membershipChange, null, List.of(), EventBus.toFrame(result));
    }

    private static DoramiException unknownRoom() {
        return new DoramiException(ErrorCode.STREAM_NOT_FOUND, "Stream not found; it has no chat room");
    }

    private static String socketIoRoom(RoomId room) {
        return room.type().socketIoRoom(room.key());
    }
}
