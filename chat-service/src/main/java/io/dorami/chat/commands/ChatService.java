package io.dorami.chat.commands;

import io.dorami.chat.ChatConfig;
import io.dorami.chat.ChatMetrics;
import io.dorami.chat.redis.ChatJoinLeaveThrottle;
import io.dorami.chat.redis.ChatLogReader;
import io.dorami.chat.redis.ChatRoomCache;
import io.dorami.chat.redis.MessageWriter;
import io.dorami.chat.rules.ChatHistory;
import io.dorami.chat.rules.ChatRules;
import io.dorami.chat.rules.ChatRules.Decision;
import io.dorami.contracts.commands.ChatCommand;
import io.dorami.contracts.commands.ChatCommand.DeleteChat;
import io.dorami.contracts.commands.ChatCommand.JoinChat;
import io.dorami.contracts.commands.ChatCommand.LeaveChat;
import io.dorami.contracts.commands.ChatCommand.ModerateChat;
import io.dorami.contracts.commands.ChatCommand.SendChat;
import io.dorami.contracts.commands.ChatRoom;
import io.dorami.contracts.commands.InboxMessage;
import io.dorami.contracts.commands.PublisherChange;
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
import io.dorami.contracts.events.RoomEvent;
import io.dorami.contracts.events.RoomEvent.ChatUserJoined;
import io.dorami.contracts.events.RoomEvent.ChatUserLeft;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.ServiceName;
import io.dorami.service.messaging.EventBus;
import io.dorami.service.messaging.ServiceReplica;
import io.dorami.service.redis.SequentialRequests;
import io.dorami.service.runtime.PeriodicTask;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/** Takes commands from the inbox, lets {@link ChatRules} decide, tells the room and then the one who asked. */
@ApplicationScoped
class ChatService {

    /** How often a room may change between a decision and its deed. */
    private static final int ATTEMPTS = 5;

    /** Joins that may wait for a stream to be registered; each is asked for again every 100 ms. */
    private static final int PATIENT_JOINS = 1_000;

    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

    /** Half the pause, so that an arrival is told at most half a pause late. */
    private static final Duration ARRIVALS = ChatJoinLeaveThrottle.BETWEEN.dividedBy(2);

    private static final Logger LOG = Logger.getLogger(ChatService.class);

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final ChatJoinLeaveThrottle arrivals = new ChatJoinLeaveThrottle();
    private final AtomicInteger patientJoins = new AtomicInteger();
    private final ServiceReplica replica;
    private final EventBus bus;
    private final ChatLogReader log;
    private final ChatRoomCache rooms;
    private final MessageWriter posting;
    private final ModerationService moderation;
    private final ChatConfig config;
    private final ChatMetrics metrics;

    ChatService(
            ServiceReplica replica,
            EventBus bus,
            ChatLogReader log,
            ChatRoomCache rooms,
            MessageWriter posting,
            ModerationService moderation,
            ChatConfig config,
            ChatMetrics metrics) {
        this.replica = replica;
        this.bus = bus;
        this.log = log;
        this.rooms = rooms;
        this.posting = posting;
        this.moderation = moderation;
        this.config = config;
        this.metrics = metrics;
    }

    void start(@Observes StartupEvent event) {
        replica.readInLanes(ServiceName.CHAT, this::handle);
        PeriodicTask.repeat("arrivals", ARRIVALS, this::tellArrivals);
    }

    private Uni<Void> handle(InboxMessage message, SequentialRequests lane) {
        return switch (message) {
            case ChatCommand command -> handle(command, lane);
            case StreamLifecycle event -> rooms.register(event, lane);
            case PublisherChange change -> throw new IllegalArgumentException("Not for this service: " + change);
        };
    }

    private Uni<Void> handle(ChatCommand command, SequentialRequests lane) {
        metrics.command(command);
        return switch (command) {
            case JoinChat join -> join(join, lane);
            case LeaveChat leave -> leave(leave, lane);
            case SendChat send -> send(send, lane);
            case DeleteChat delete -> delete(delete, lane);
            case ModerateChat action -> moderation.carryOut(action, lane);
        };
    }

    private Uni<Void> send(SendChat send, SequentialRequests lane) {
        Uni<Void> sent = rooms.get(send.stream(), lane)
                .chain(room -> room.isEmpty()
                        ? refuse(send, send.replyTo(), unknownRoom(), lane)
                        : send(send, room.get(), lane, ATTEMPTS));
        return orRefuse(sent, send, send.replyTo(), lane);
    }

    private Uni<Void> send(SendChat send, ChatRoom room, SequentialRequests lane, int attempts) {
        return switch (ChatRules.decide(send, room, rooms.wordsEverywhere(), clock.instant())) {
            case Decision.Reject refuse ->
                refuse(send, send.replyTo(), new DoramiException(refuse.code(), refuse.message()), lane);
            case Decision.Post post -> {
                DirectEvent sent = new ChatSent(post.event().id(), clock.instant());
                Reply success = answer(send, send.replyTo(), Reply.MembershipChange.NONE, sent);
                yield posting.post(post, success, room, lane).chain(outcome -> switch (outcome) {
                    case MessageWriter.WriteResult.Written done ->
                        Uni.createFrom().voidItem();
                    case MessageWriter.WriteResult.Rejected refused ->
                        refuse(send, send.replyTo(), new DoramiException(refused.code(), refused.message()), lane);
                    case MessageWriter.WriteResult.Outdated outdated ->
                        anew(send, attempts, lane).chain(now -> send(send, now, lane, attempts - 1));
                });
            }
        };
    }

    private Uni<Void> join(JoinChat join, SequentialRequests lane) {
        Uni<Void> joined = rooms.get(join.stream(), lane).chain(room -> {
            if (join.stream().equals(ChatRoomCache.GLOBAL_RULES)) {
                return refuse(join, join.replyTo(), unknownRoom(), lane);
            }
            if (room.isEmpty()) {
                waitForRoom(join);
                return Uni.createFrom().voidItem();
            }
            return join(join, room.get(), lane, ATTEMPTS);
        });
        return orRefuse(joined, join, join.replyTo(), lane);
    }

    private Uni<Void> join(JoinChat join, ChatRoom room, SequentialRequests lane, int attempts) {
        return posting.join(join.stream(), join.user().id(), room, lane).chain(outcome -> switch (outcome) {
            case MessageWriter.WriteResult.Written done -> enter(join, room, lane);
            case MessageWriter.WriteResult.Rejected refused ->
                refuse(join, join.replyTo(), new DoramiException(refused.code(), refused.message()), lane);
            case MessageWriter.WriteResult.Outdated outdated ->
                anew(join, attempts, lane).chain(now -> join(join, now, lane, attempts - 1));
        });
    }

    /**
     * The history is read before the room hears of the newcomer, and the success comes last: so the contract's order
     * holds, and what is said in between has a later position than the history and is not lost.
     */
    private Uni<Void> enter(JoinChat join, ChatRoom state, SequentialRequests lane) {
        RoomId room = join.room();
        Instant now = clock.instant();
        return log.read(room, lane).chain(past -> {
            List<EventFrame> snapshot = new ArrayList<>();
            if (!past.messages().isEmpty()) {
                snapshot.add(ChatHistory.frame(join.stream(), past.messages()));
            }
            if (!state.policy().isOpen()) {
                snapshot.add(EventBus.frame(ModerationService.mode(join.stream(), state.policy(), now)));
            }
            if (state.pinned() != null) {
                snapshot.add(
                        EventBus.frame(new RoomEvent.ChatPinned(join.stream(), state.pinned(), state.ownerId(), now)));
            }
            Uni<Void> told = Uni.createFrom().voidItem();
            if (!join.again()) {
                RoomEvent arrival = new ChatUserJoined(join.user().id(), true, join.stream(), now);
                snapshot.add(EventBus.frame(arrival)); // the room may hear later, or never; oneself always does
                told = tell(room, arrival, lane);
            }
            return told.chain(() -> bus.in(lane)
                    .answer(new Reply(
                            join.replyTo(),
                            room,
                            Reply.MembershipChange.JOINED,
                            past.position(),
                            snapshot,
                            EventBus.frame(new ChatJoined(socketIoRoom(room), now)))));
        });
    }

    /** Beside the inbox, for others must not wait; who asks again meanwhile waits once more, which does no harm. */
    private void waitForRoom(JoinChat join) {
        SequentialRequests lane = bus.lane();
        if (patientJoins.incrementAndGet() > PATIENT_JOINS) {
            patientJoins.decrementAndGet();
            refuse(join, join.replyTo(), unknownRoom(), lane)
                    .subscribe()
                    .with(done -> {}, e -> LOG.debugf("nobody is told: %s", e.getMessage()));
            return;
        }
        Uni<Void> joined = Uni.createFrom()
                .voidItem()
                .onItem()
                .delayIt()
                .by(LOOK_AGAIN)
                .chain(() -> rooms.fetch(join.stream(), lane))
                .repeat()
                .atMost(config.unknownRoomPatience().dividedBy(LOOK_AGAIN))
                .filter(Optional::isPresent)
                .toUni()
                .chain(room -> room == null
                        ? refuse(join, join.replyTo(), unknownRoom(), lane)
                        : join(join, room.get(), lane, ATTEMPTS));
        orRefuse(joined, join, join.replyTo(), lane)
                .onTermination()
                .invoke(patientJoins::decrementAndGet)
                .subscribe()
                .with(done -> {}, e -> LOG.debugf("the client joins again: %s", e.getMessage()));
    }

    private Uni<Void> leave(LeaveChat leave, SequentialRequests lane) {
        Instant now = clock.instant();
        RoomEvent departure = new ChatUserLeft(leave.user().id(), true, leave.stream(), now);
        Uni<Void> told = tell(leave.room(), departure, lane);
        return leave.gone()
                ? told
                : told.chain(() -> answer(
                        leave,
                        leave.replyTo(),
                        Reply.MembershipChange.LEFT,
                        new ChatLeft(socketIoRoom(leave.room()), now),
                        lane));
    }

    /** The deed needs PostgreSQL, for which no message of the room waits. Who is not answered asks again. */
    private Uni<Void> delete(DeleteChat delete, SequentialRequests lane) {
        Uni<Void> begun = rooms.get(delete.stream(), lane).chain(room -> {
            if (room.isEmpty()) {
                throw unknownRoom();
            }
            ChatRules.requireModerator(delete.user(), room.get());
            SequentialRequests own = bus.lane();
            Uni<Void> deleted = moderation
                    .delete(
                            delete.stream(),
                            delete.user(),
                            delete.replyTo(),
                            ChatRules.messageId(delete.messageId()),
                            "")
                    .replaceWithVoid();
            orRefuse(deleted, delete, delete.replyTo(), own)
                    .subscribe()
                    .with(done -> {}, e -> LOG.debugf("nobody is told: %s", e.getMessage()));
            return Uni.createFrom().voidItem();
        });
        return orRefuse(begun, delete, delete.replyTo(), lane);
    }

    private Uni<Void> tell(RoomId room, RoomEvent comingOrGoing, SequentialRequests lane) {
        return arrivals.now(room, comingOrGoing, System.nanoTime())
                ? bus.in(lane).publish(RedisKeys.roomEvents(room), comingOrGoing)
                : Uni.createFrom().voidItem();
    }

    private Uni<Void> tellArrivals() {
        return Multi.createFrom()
                .iterable(arrivals.due(System.nanoTime()).entrySet())
                .onItem()
                .transformToUniAndConcatenate((Map.Entry<RoomId, RoomEvent> due) ->
                        bus.publish(RedisKeys.roomEvents(due.getKey()), due.getValue()))
                .onItem()
                .ignoreAsUni();
    }

    private Uni<ChatRoom> anew(ChatCommand command, int attempts, SequentialRequests lane) {
        if (attempts == 1) {
            throw new DoramiException(ErrorCode.BUSY, "The room changes; try again in a second");
        }
        return rooms.fetch(command.stream(), lane).map(room -> room.orElseThrow(ChatService::unknownRoom));
    }

    private Uni<Void> orRefuse(Uni<Void> work, ChatCommand command, ReplyTo replyTo, SequentialRequests lane) {
        return work.onFailure(DoramiException.class)
                .recoverWithUni(e -> refuse(command, replyTo, (DoramiException) e, lane));
    }

    private Uni<Void> refuse(ChatCommand command, ReplyTo replyTo, DoramiException e, SequentialRequests lane) {
        metrics.refused(e.code());
        // A join that was refused leaves nothing behind at the gateway; a member stays one while nothing is known.
        boolean out =
                command instanceof JoinChat join && !(join.again() && e.code().retryable());
        Reply.MembershipChange effect = out ? Reply.MembershipChange.LEFT : Reply.MembershipChange.NONE;
        RequestRejected refused = RequestRejected.of(e.code(), String.valueOf(e.getMessage()), clock.instant());
        return answer(command, replyTo, effect, refused, lane);
    }

    private Uni<Void> answer(
            ChatCommand command,
            ReplyTo replyTo,
            Reply.MembershipChange effect,
            DirectEvent result,
            SequentialRequests lane) {
        return bus.in(lane).answer(answer(command, replyTo, effect, result));
    }

    private static Reply answer(
            ChatCommand command, ReplyTo replyTo, Reply.MembershipChange effect, DirectEvent result) {
        return new Reply(replyTo, command.room(), effect, null, List.of(), EventBus.frame(result));
    }

    private static DoramiException unknownRoom() {
        return new DoramiException(ErrorCode.STREAM_NOT_FOUND, "There is no such stream, hence no chat");
    }

    private static String socketIoRoom(RoomId room) {
        return room.type().socketIoRoom(room.key());
    }
}
