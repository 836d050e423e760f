package io.dorami.chat;

import io.dorami.chat.ChatRules.Decision;
import io.dorami.contracts.Answer;
import io.dorami.contracts.ChatCommand;
import io.dorami.contracts.ChatCommand.DeleteChat;
import io.dorami.contracts.ChatCommand.JoinChat;
import io.dorami.contracts.ChatCommand.LeaveChat;
import io.dorami.contracts.ChatCommand.SendChat;
import io.dorami.contracts.EventFrame;
import io.dorami.contracts.InboxMessage;
import io.dorami.contracts.Lifecycle;
import io.dorami.contracts.PublisherChange;
import io.dorami.contracts.RoomEvent.ChatUserJoined;
import io.dorami.contracts.RoomEvent.ChatUserLeft;
import io.dorami.contracts.RoomId;
import io.dorami.contracts.SelfEvent;
import io.dorami.contracts.SelfEvent.ChatDeletedByMe;
import io.dorami.contracts.SelfEvent.ChatJoined;
import io.dorami.contracts.SelfEvent.ChatLeft;
import io.dorami.contracts.SelfEvent.ChatSent;
import io.dorami.contracts.SelfEvent.Refused;
import io.dorami.contracts.ServiceName;
import io.dorami.contracts.Topics;
import io.dorami.service.EventBus;
import io.dorami.service.Replica;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/** Takes commands from the inbox, lets {@link ChatRules} decide, tells the room and then the one who asked. */
@ApplicationScoped
class ChatService {

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final Replica replica;
    private final EventBus bus;
    private final ChatLog log;
    private final ChatMetrics metrics;

    ChatService(Replica replica, EventBus bus, ChatLog log, ChatMetrics metrics) {
        this.replica = replica;
        this.bus = bus;
        this.log = log;
        this.metrics = metrics;
    }

    void start(@Observes StartupEvent event) {
        replica.read(ServiceName.CHAT, this::handle);
    }

    private Uni<Void> handle(InboxMessage message) {
        return switch (message) {
            case ChatCommand command -> handle(command);
            case Lifecycle event -> Uni.createFrom().voidItem();
            case PublisherChange change -> throw new IllegalArgumentException("Not for this service: " + change);
        };
    }

    private Uni<Void> handle(ChatCommand command) {
        metrics.command(command);
        return switch (command) {
            case JoinChat join -> join(join);
            case LeaveChat leave -> leave(leave);
            case SendChat send -> carryOut(send, ChatRules.decide(send, clock.instant()));
            case DeleteChat delete -> carryOut(delete, ChatRules.decide(delete, clock.instant()));
        };
    }

    /**
     * The history is read before the room hears of the newcomer, and the success comes last: so the contract's order
     * holds, and what is said in between has a later position than the history and is not lost.
     */
    private Uni<Void> join(JoinChat join) {
        RoomId room = join.room();
        Instant now = clock.instant();
        return log.read(room).chain(past -> {
            List<EventFrame> snapshot = past.messages().isEmpty()
                    ? List.of()
                    : List.of(EventBus.frame(new SelfEvent.ChatHistory(join.stream(), past.messages())));
            Uni<Void> told = join.again()
                    ? Uni.createFrom().voidItem()
                    : bus.publish(
                            Topics.roomEvents(room),
                            new ChatUserJoined(join.user().id(), true, join.stream(), now));
            return told.chain(() -> bus.answer(new Answer(
                    join.replyTo(),
                    room,
                    Answer.Effect.JOINED,
                    past.position(),
                    snapshot,
                    EventBus.frame(new ChatJoined(socketIoRoom(room), now)))));
        });
    }

    private Uni<Void> leave(LeaveChat leave) {
        Instant now = clock.instant();
        Uni<Void> told = bus.publish(
                Topics.roomEvents(leave.room()), new ChatUserLeft(leave.user().id(), true, leave.stream(), now));
        return leave.gone()
                ? told
                : told.chain(() -> answer(leave, Answer.Effect.LEFT, new ChatLeft(socketIoRoom(leave.room()), now)));
    }

    private Uni<Void> carryOut(ChatCommand command, Decision decision) {
        return switch (decision) {
            case Decision.Post post ->
                bus.publishOnce(Topics.roomEvents(command.room()), post.event(), post.dedupe())
                        .chain(() -> answer(command, new ChatSent(post.event().id(), clock.instant())));
            case Decision.Delete delete ->
                bus.publishOnce(
                                Topics.roomEvents(command.room()),
                                delete.event(),
                                "delete:" + delete.event().messageId())
                        .chain(() -> answer(
                                command, new ChatDeletedByMe(delete.event().messageId(), clock.instant())));
            case Decision.Refuse refuse -> {
                metrics.refused(refuse.code());
                yield answer(command, Refused.of(refuse.code(), refuse.message(), clock.instant()));
            }
        };
    }

    private Uni<Void> answer(ChatCommand command, SelfEvent result) {
        return answer(command, Answer.Effect.NONE, result);
    }

    private Uni<Void> answer(ChatCommand command, Answer.Effect effect, SelfEvent result) {
        return bus.answer(
                new Answer(command.replyTo(), command.room(), effect, null, List.of(), EventBus.frame(result)));
    }

    private static String socketIoRoom(RoomId room) {
        return room.channel().socketIoRoom(room.key());
    }
}
