package io.dorami.gateway;

import io.dorami.contracts.Delivery;
import io.dorami.contracts.EventFrame;
import io.dorami.contracts.Position;
import io.dorami.contracts.RoomId;
import io.dorami.gateway.wire.Batch;
import io.dorami.gateway.wire.Frame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The part of a room that is on one event loop: its members there, and what waits for the next pass over them. */
final class Room {

    final RoomId id;
    final Shard shard;

    /**
     * Of one kind of event that matters only as the latest, such as who came in, a room hears ten a second: 5,000 joins in
     * 10 s are 100 passes over 5,000 members and not 5,000.
     */
    private static final Duration LATEST_PERIOD = Duration.ofMillis(100);

    private final Map<Crowd.Kind, Crowd> crowds = new LinkedHashMap<>(2);
    private final List<Membership> joining = new ArrayList<>(0);

    /** By the event's name. */
    private final Map<String, Latest> latest = new HashMap<>(2);

    /** What the room said since the last pass. */
    private List<Heard> pending = new ArrayList<>();

    /** Answers whose place is after what the room has said. */
    private final List<Runnable> later = new ArrayList<>(0);

    /** Who waits for the room's events to arrive here; nothing once they do. */
    private @Nullable List<Runnable> waiting = new ArrayList<>(1);

    private @Nullable Position last;

    /** The newest event of one name. */
    private static final class Latest {
        long saidAt = System.nanoTime() - LATEST_PERIOD.toNanos();

        /** Said when the period is over, unless a newer one takes its place. */
        @Nullable
        Heard waiting;
    }

    Room(RoomId id, Shard shard) {
        this.id = id;
        this.shard = shard;
    }

    /** Where the last pass ended: every member has what came before. Nothing before the room's events arrive here. */
    @Nullable
    Position last() {
        return last;
    }

    /** From now on every event arrives here, beginning after this position. */
    void watched(Position position) {
        last = position;
        List<Runnable> ready = waiting;
        waiting = null;
        if (ready != null) {
            ready.forEach(Runnable::run);
        }
    }

    /** Runs the work once everything that the room says from then on arrives here. */
    void whenWatched(Runnable work) {
        if (waiting == null) {
            work.run();
        } else {
            waiting.add(work);
        }
    }

    boolean isEmpty() {
        return crowds.isEmpty() && joining.isEmpty();
    }

    void hold(Membership membership) {
        joining.add(membership);
    }

    /** Puts a member where it gets the frames that are right for it. */
    void place(Membership membership) {
        Crowd.Kind kind = membership.client.kind();
        Crowd present = membership.crowd;
        if (present != null && present.kind.equals(kind)) {
            return;
        }
        remove(membership);
        crowds.computeIfAbsent(kind, Crowd::new).add(membership);
    }

    void remove(Membership membership) {
        Crowd crowd = membership.crowd;
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
    void say(Heard heard) {
        if (heard.event().delivery() != Delivery.LATEST) {
            pending.add(heard);
            return;
        }
        Latest latest = this.latest.computeIfAbsent(heard.event().name(), name -> new Latest());
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

    private void say(Latest latest) {
        Heard heard = latest.waiting;
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
    boolean isBefore(@Nullable Position position) {
        return !pending.isEmpty() || (position != null && last != null && position.after(last));
    }

    void afterPass(Runnable answer) {
        later.add(answer);
    }

    /** Gives all that waits to all members: for each crowd the frames are made once. */
    void pass() {
        List<Heard> said = pending;
        pending = new ArrayList<>();
        for (Crowd crowd : crowds.values()) {
            List<Frame> frames = frames(crowd.kind, said);
            if (!frames.isEmpty()) {
                try (Batch batch = new Batch(frames)) {
                    List<Membership> members = crowd.members;
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
        said.forEach(heard -> heard.event().expelled().ifPresent(this::expel));
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

    private List<Frame> frames(Crowd.Kind kind, List<Heard> said) {
        List<Frame> frames = new ArrayList<>(said.size());
        for (Heard heard : said) {
            EventFrame event = heard.event();
            if (!event.isMarker()) {
                frames.add(kind.format().event(id, event, offset(kind, heard.position())));
            }
        }
        return frames;
    }

    private @Nullable String offset(Crowd.Kind kind, @Nullable Position position) {
        if (position == null) {
            return null;
        }
        if (!kind.format().jointOffset()) {
            return position.toString();
        }
        Map<RoomId, Position> positions = new LinkedHashMap<>();
        for (RoomId room : kind.rooms()) {
            Position there = room.equals(id) ? position : shard.last(room);
            if (there != null) {
                positions.put(room, there);
            }
        }
        return new Offset(positions).toString();
    }

    private void seen(Heard heard) {
        Position position = heard.position();
        if (position != null) {
            last = position;
            shard.delivered(position);
        }
    }
}
