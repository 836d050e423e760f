package io.dorami.chat;

import io.dorami.chat.ChatRules.Decision;
import io.dorami.contracts.Answer;
import io.dorami.contracts.ChatCommand;
import io.dorami.contracts.ChatCommand.DeleteChat;
import io.dorami.contracts.ChatCommand.JoinChat;
import io.dorami.contracts.ChatCommand.LeaveChat;
import io.dorami.contracts.ChatCommand.ModerateChat;
import io.dorami.contracts.ChatCommand.SendChat;
import io.dorami.contracts.ChatRoom;
import io.dorami.contracts.DoramiException;
import io.dorami.contracts.ErrorCode;
import io.dorami.contracts.EventFrame;
import io.dorami.contracts.InboxMessage;
import io.dorami.contracts.Lifecycle;
import io.dorami.contracts.PublisherChange;
import io.dorami.contracts.ReplyTo;
import io.dorami.contracts.RoomEvent;
import io.dorami.contracts.RoomEvent.ChatUserJoined;
import io.dorami.contracts.RoomEvent.ChatUserLeft;
import io.dorami.contracts.RoomId;
import io.dorami.contracts.SelfEvent;
import io.dorami.contracts.SelfEvent.ChatJoined;
import io.dorami.contracts.SelfEvent.ChatLeft;
import io.dorami.contracts.SelfEvent.ChatSent;
import io.dorami.contracts.SelfEvent.Refused;
import io.dorami.contracts.ServiceName;
import io.dorami.contracts.Topics;
import io.dorami.service.Background;
import io.dorami.service.EventBus;
import io.dorami.service.Lane;
import io.dorami.service.Replica;
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
    private static final Duration ARRIVALS = Arrivals.BETWEEN.dividedBy(2);

    private static final Logger LOG = Logger.getLogger(ChatService.class);

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final Arrivals arrivals = new Arrivals();
    private final AtomicInteger patientJoins = new AtomicInteger();
    private final Replica replica;
    private final EventBus bus;
    private final ChatLog log;
    private final ChatRooms rooms;
    private final Posting posting;
    private final Moderation moderation;
    private final ChatConfig config;
    private final ChatMetrics metrics;

    ChatService(
            Replica replica,
            EventBus bus,
            ChatLog log,
            ChatRooms rooms,
            Posting posting,
            Moderation moderation,
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
        Background.repeat("arrivals", ARRIVALS, this::tellArrivals);
    }

    private Uni<Void> handle(InboxMessage message, Lane lane) {
        return switch (message) {
            case ChatCommand command -> handle(command, lane);
            case Lifecycle event -> rooms.register(event, lane);
            case PublisherChange change -> throw new IllegalArgumentException("Not for this service: " + change);
        };
    }

    private Uni<Void> handle(ChatCommand command, Lane lane) {
        metrics.command(command);
        return switch (command) {
            case JoinChat join -> join(join, lane);
            case LeaveChat leave -> leave(leave, lane);
            case SendChat send -> send(send, lane);
            case DeleteChat delete -> delete(delete, lane);
            case ModerateChat action -> moderation.carryOut(action, lane);
        };
    }

    private Uni<Void> send(SendChat send, Lane lane) {
        Uni<Void> sent = rooms.get(send.stream(), lane)
                .chain(room -> room.isEmpty()
                        ? refuse(send, send.replyTo(), unknownRoom(), lane)
                        : send(send, room.get(), lane, ATTEMPTS));
        return orRefuse(sent, send, send.replyTo(), lane);
    }

    private Uni<Void> send(SendChat send, ChatRoom room, Lane lane, int attempts) {
        return switch (ChatRules.decide(send, room, rooms.wordsEverywhere(), clock.instant())) {
            case Decision.Refuse refuse ->
                refuse(send, send.replyTo(), new DoramiException(refuse.code(), refuse.message()), lane);
            case Decision.Post post -> {
                SelfEvent sent = new ChatSent(post.event().id(), clock.instant());
                Answer success = answer(send, send.replyTo(), Answer.Effect.NONE, sent);
                yield posting.post(post, success, room, lane).chain(outcome -> switch (outcome) {
                    case Posting.Outcome.Done done -> Uni.createFrom().voidItem();
                    case Posting.Outcome.Refused refused ->
                        refuse(send, send.replyTo(), new DoramiException(refused.code(), refused.message()), lane);
                    case Posting.Outcome.Outdated outdated ->
                        anew(send, attempts, lane).chain(now -> send(send, now, lane, attempts - 1));
                });
            }
        };
    }

    private Uni<Void> join(JoinChat join, Lane lane) {
        Uni<Void> joined = rooms.get(join.stream(), lane).chain(room -> {
            if (join.stream().equals(ChatRooms.EVERYWHERE)) {
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

    private Uni<Void> join(JoinChat join, ChatRoom room, Lane lane, int attempts) {
        return posting.join(join.stream(), join.user().id(), room, lane).chain(outcome -> switch (outcome) {
            case Posting.Outcome.Done done -> enter(join, room, lane);
            case Posting.Outcome.Refused refused ->
                refuse(join, join.replyTo(), new DoramiException(refused.code(), refused.message()), lane);
            case Posting.Outcome.Outdated outdated ->
                anew(join, attempts, lane).chain(now -> join(join, now, lane, attempts - 1));
        });
    }

    /**
     * The history is read before the room hears of the newcomer, and the success comes last: so the contract's order
     * holds, and what is said in between has a later position than the history and is not lost.
     */
    private Uni<Void> enter(JoinChat join, ChatRoom state, Lane lane) {
        RoomId room = join.room();
        Instant now = clock.instant();
        return log.read(room, lane).chain(past -> {
            List<EventFrame> snapshot = new ArrayList<>();
            if (!past.messages().isEmpty()) {
                snapshot.add(ChatHistory.frame(join.stream(), past.messages()));
            }
            if (!state.policy().isOpen()) {
                snapshot.add(EventBus.frame(Moderation.mode(join.stream(), state.policy(), now)));
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
                    .answer(new Answer(
                            join.replyTo(),
                            room,
                            Answer.Effect.JOINED,
                            past.position(),
                            snapshot,
                            EventBus.frame(new ChatJoined(socketIoRoom(room), now)))));
        });
    }

    /** Beside the inbox, for others must not wait; who asks again meanwhile waits once more, which does no harm. */
    private void waitForRoom(JoinChat join) {
        Lane lane = bus.lane();
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

    private Uni<Void> leave(LeaveChat leave, Lane lane) {
        Instant now = clock.instant();
        RoomEvent departure = new ChatUserLeft(leave.user().id(), true, leave.stream(), now);
        Uni<Void> told = tell(leave.room(), departure, lane);
        return leave.gone()
                ? told
                : told.chain(() -> answer(
                        leave,
                        leave.replyTo(),
                        Answer.Effect.LEFT,
                        new ChatLeft(socketIoRoom(leave.room()), now),
                        lane));
    }

    /** The deed needs PostgreSQL, for which no message of the room waits. Who is not answered asks again. */
    private Uni<Void> delete(DeleteChat delete, Lane lane) {
        Uni<Void> begun = rooms.get(delete.stream(), lane).chain(room -> {
            if (room.isEmpty()) {
                throw unknownRoom();
            }
            ChatRules.requireModerator(delete.user(), room.get());
            Lane own = bus.lane();
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

    private Uni<Void> tell(RoomId room, RoomEvent comingOrGoing, Lane lane) {
        return arrivals.now(room, comingOrGoing, System.nanoTime())
                ? bus.in(lane).publish(Topics.roomEvents(room), comingOrGoing)
                : Uni.createFrom().voidItem();
    }

    private Uni<Void> tellArrivals() {
        return Multi.createFrom()
                .iterable(arrivals.due(System.nanoTime()).entrySet())
                .onItem()
                .transformToUniAndConcatenate((Map.Entry<RoomId, RoomEvent> due) ->
                        bus.publish(Topics.roomEvents(due.getKey()), due.getValue()))
                .onItem()
                .ignoreAsUni();
    }

    private Uni<ChatRoom> anew(ChatCommand command, int attempts, Lane lane) {
        if (attempts == 1) {
            throw new DoramiException(ErrorCode.BUSY, "The room changes; try again in a second");
        }
        return rooms.fetch(command.stream(), lane).map(room -> room.orElseThrow(ChatService::unknownRoom));
    }

    private Uni<Void> orRefuse(Uni<Void> work, ChatCommand command, ReplyTo replyTo, Lane lane) {
        return work.onFailure(DoramiException.class)
                .recoverWithUni(e -> refuse(command, replyTo, (DoramiException) e, lane));
    }

    private Uni<Void> refuse(ChatCommand command, ReplyTo replyTo, DoramiException e, Lane lane) {
        metrics.refused(e.code());
        // A join that was refused leaves nothing behind at the gateway; a member stays one while nothing is known.
        boolean out =
                command instanceof JoinChat join && !(join.again() && e.code().retryable());
        Answer.Effect effect = out ? Answer.Effect.LEFT : Answer.Effect.NONE;
        Refused refused = Refused.of(e.code(), String.valueOf(e.getMessage()), clock.instant());
        return answer(command, replyTo, effect, refused, lane);
    }

    private Uni<Void> answer(ChatCommand command, ReplyTo replyTo, Answer.Effect effect, SelfEvent result, Lane lane) {
        return bus.in(lane).answer(answer(command, replyTo, effect, result));
    }

    private static Answer answer(ChatCommand command, ReplyTo replyTo, Answer.Effect effect, SelfEvent result) {
        return new Answer(replyTo, command.room(), effect, null, List.of(), EventBus.frame(result));
    }

    private static DoramiException unknownRoom() {
        return new DoramiException(ErrorCode.STREAM_NOT_FOUND, "There is no such stream, hence no chat");
    }

    private static String socketIoRoom(RoomId room) {
        return room.channel().socketIoRoom(room.key());
    }
}
