package io.dorami.gateway.hub;

import io.dorami.contracts.events.Delivery;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.keys.LogPosition;
import io.dorami.contracts.keys.RoomId;
import io.dorami.gateway.transport.Frame;
import io.dorami.gateway.transport.FrameBatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The part of a room that is on one event loop: its members there, and what waits for the next pass over them. */
public final class Room {

    public final RoomId id;
    public final Shard shard;

    /**
     * Of one kind of event that matters only as the latest, such as who came in, a room hears ten a second: 5,000 joins in
     * 10 s are 100 passes over 5,000 members and not 5,000.
     */
    private static final Duration LATEST_PERIOD = Duration.ofMillis(100);

    private final Map<FrameGroup.Key, FrameGroup> crowds = new LinkedHashMap<>(2);
    private final List<Subscription> joining = new ArrayList<>(0);

    /** By the event's name. */
    private final Map<String, ConflatedEvent> latest = new HashMap<>(2);

    /** What the room said since the last pass. */
    private List<PublishedEvent> pending = new ArrayList<>();

    /** Answers whose place is after what the room has said. */
    private final List<Runnable> later = new ArrayList<>(0);

    /** Who waits for the room's events to arrive here; nothing once they do. */
    private @Nullable List<Runnable> waiting = new ArrayList<>(1);

    private @Nullable LogPosition last;

    /** The newest event of one name. */
    private static final class ConflatedEvent {
        long saidAt = System.nanoTime() - LATEST_PERIOD.toNanos();

        /** Said when the period is over, unless a newer one takes its place. */
        @Nullable
        PublishedEvent waiting;
    }

    Room(RoomId id, Shard shard) {
        this.id = id;
        this.shard = shard;
    }

    /** Where the last pass ended: every member has what came before. Nothing before the room's events arrive here. */
    @Nullable
    LogPosition last() {
        return last;
    }

    /** From now on every event arrives here, beginning after this position. */
    public void watched(LogPosition position) {
        last = position;
        List<Runnable> ready = waiting;
        waiting = null;
        if (ready != null) {
            ready.forEach(Runnable::run);
        }
    }

    /** Runs the work once everything that the room says from then on arrives here. */
    public void whenWatched(Runnable work) {
        if (waiting == null) {
            work.run();
        } else {
            waiting.add(work);
        }
    }

    boolean isEmpty() {
        return crowds.isEmpty() && joining.isEmpty();
    }

    void hold(Subscription membership) {
        joining.add(membership);
    }

    /** Puts a member where it gets the frames that are right for it. */
    void place(Subscription membership) {
        FrameGroup.Key kind = membership.client.kind();
        FrameGroup present = membership.crowd;
        if (present != null && present.kind.equals(kind)) {
            return;
        }
        remove(membership);
        crowds.computeIfAbsent(kind, FrameGroup::new).add(membership);
    }

    void remove(Subscription membership) {
        FrameGroup crowd = membership.crowd;
        if (crowd == null) {
            joining.remove(membership);
            return;
        }
        crowd.remove(membership);
        if (crowd.members.isEmpty()) {
            crowds.remove(crowd.kind);
        }
    }

    /** Keeps what the room said for the next pass. Of what matters only as the latest, not all is said. */
    void say(PublishedEvent heard) {
        if (heard.event().delivery() != Delivery.CONFLATED) {
            pending.add(heard);
            return;
        }
        ConflatedEvent latest = this.latest.computeIfAbsent(heard.event().name(), name -> new ConflatedEvent());
        long now = System.nanoTime();
        if (latest.waiting != null) {
            latest.waiting = heard;
        } else if (latest.saidAt + LATEST_PERIOD.toNanos() - now > 0) {
            latest.waiting = heard;
            shard.loop.after(Duration.ofNanos(latest.saidAt + LATEST_PERIOD.toNanos() - now), () -> say(latest));
        } else {
            latest.saidAt = now;
            pending.add(heard);
        }
    }

    private void say(ConflatedEvent latest) {
        PublishedEvent heard = latest.waiting;
        if (heard != null) {
            latest.waiting = null;
            latest.saidAt = System.nanoTime();
            pending.add(heard);
            shard.passSoon(this);
        }
    }

    boolean isSpeaking() {
        return !pending.isEmpty();
    }

    /** Whether an answer that reaches up to the position has its place only after what is still to come. */
    boolean isBefore(@Nullable LogPosition position) {
        return !pending.isEmpty() || (position != null && last != null && position.after(last));
    }

    void afterPass(Runnable answer) {
        later.add(answer);
    }

    /** Gives all that waits to all members: for each crowd the frames are made once. */
    void pass() {
        List<PublishedEvent> said = pending;
        pending = new ArrayList<>();
        for (FrameGroup crowd : crowds.values()) {
            List<Frame> frames = frames(crowd.kind, said);
            if (!frames.isEmpty()) {
                try (FrameBatch batch = new FrameBatch(frames)) {
                    List<Subscription> members = crowd.members;
                    for (int i = members.size() - 1; i >= 0; i--) { // one that overflows here is taken out later
                        members.get(i).client.outbox.broadcast(batch);
                    }
                }
            }
        }
        said.forEach(this::seen);
        if (!joining.isEmpty()) {
            List.copyOf(joining).forEach(membership -> said.forEach(heard -> shard.hold(membership, heard)));
        }
        if (!later.isEmpty()) {
            List<Runnable> answers = List.copyOf(later);
            later.clear();
            answers.forEach(Runnable::run);
        }
        said.forEach(heard -> heard.event().bannedUser().ifPresent(this::expel));
    }

    /** Whoever is on this loop as that user is out, or no longer on the way in. */
    private void expel(String userId) {
        Stream.concat(crowds.values().stream().flatMap(crowd -> crowd.members.stream()), joining.stream())
                .map(membership -> membership.client)
                .filter(client ->
                        client.user.filter(user -> user.id().equals(userId)).isPresent())
                .toList()
                .forEach(client -> shard.leave(client, id));
    }

    private List<Frame> frames(FrameGroup.Key kind, List<PublishedEvent> said) {
        List<Frame> frames = new ArrayList<>(said.size());
        for (PublishedEvent heard : said) {
            EventFrame event = heard.event();
            if (!event.isMarker()) {
                frames.add(kind.format().event(id, event, offset(kind, heard.position())));
            }
        }
        return frames;
    }

    private @Nullable String offset(FrameGroup.Key kind, @Nullable LogPosition position) {
        if (position == null) {
            return null;
        }
        if (!kind.format().jointOffset()) {
            return position.toString();
        }
        Map<RoomId, LogPosition> positions = new LinkedHashMap<>();
        for (RoomId room : kind.rooms()) {
            LogPosition there = room.equals(id) ? position : shard.last(room);
            if (there != null) {
                positions.put(room, there);
            }
        }
        return new ClientOffset(positions).toString();
    }

    private void seen(PublishedEvent heard) {
        LogPosition position = heard.position();
        if (position != null) {
            last = position;
            shard.delivered(position);
        }
    }
}
