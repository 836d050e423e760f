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

/** The part of a room on one event loop: its members there, and the events that wait for the next flush. */
public final class Room {

    public final RoomId id;
    public final Shard shard;

    /**
     * Minimum period between two conflated events of one name, such as user joins: 5,000 joins in 10 s are 100 flushes
     * over 5,000 members and not 5,000.
     */
    private static final Duration CONFLATION_PERIOD = Duration.ofMillis(100);

    private final Map<FrameGroup.Key, FrameGroup> groups = new LinkedHashMap<>(2);
    private final List<Subscription> joining = new ArrayList<>(0);

    /** Conflated events by name. */
    private final Map<String, ConflatedEvent> conflated = new HashMap<>(2);

    /** Events since the last flush. */
    private List<PublishedEvent> pending = new ArrayList<>();

    /** Replies that must follow the pending events. */
    private final List<Runnable> deferredReplies = new ArrayList<>(0);

    /** Callbacks for the completed subscription; null afterwards. */
    private @Nullable List<Runnable> subscriptionCallbacks = new ArrayList<>(1);

    private @Nullable LogPosition lastPosition;

    /** The newest event of one name. */
    private static final class ConflatedEvent {
        long publishedAt = System.nanoTime() - CONFLATION_PERIOD.toNanos();

        /** Published at the end of the period, unless a newer event replaces it. */
        @Nullable
        PublishedEvent next;
    }

    Room(RoomId id, Shard shard) {
        this.id = id;
        this.shard = shard;
    }

    /** Returns the position up to which every member has the events, or null before the subscription is complete. */
    @Nullable
    LogPosition lastPosition() {
        return lastPosition;
    }

    /** Completes the subscription. Every event after the position arrives here. */
    public void onSubscribed(LogPosition position) {
        lastPosition = position;
        List<Runnable> callbacks = subscriptionCallbacks;
        subscriptionCallbacks = null;
        if (callbacks != null) {
            callbacks.forEach(Runnable::run);
        }
    }

    /** Runs the work once the subscription is complete, so that every later event arrives here. */
    public void whenSubscribed(Runnable work) {
        if (subscriptionCallbacks == null) {
            work.run();
        } else {
            subscriptionCallbacks.add(work);
        }
    }

    boolean isEmpty() {
        return groups.isEmpty() && joining.isEmpty();
    }

    void addJoining(Subscription subscription) {
        joining.add(subscription);
    }

    /** Moves a member to the group that gets the frames for its encoder and rooms. */
    void regroup(Subscription subscription) {
        FrameGroup.Key key = subscription.client.frameGroupKey();
        FrameGroup current = subscription.group;
        if (current != null && current.key.equals(key)) {
            return;
        }
        remove(subscription);
        groups.computeIfAbsent(key, FrameGroup::new).add(subscription);
    }

    void remove(Subscription subscription) {
        FrameGroup group = subscription.group;
        if (group == null) {
            joining.remove(subscription);
            return;
        }
        group.remove(subscription);
        if (group.members.isEmpty()) {
            groups.remove(group.key);
        }
    }

    /** Queues an event for the next flush. Of conflated events only the newest in each period is queued. */
    void enqueue(PublishedEvent published) {
        if (published.event().delivery() != Delivery.CONFLATED) {
            pending.add(published);
            return;
        }
        ConflatedEvent conflatedEvent =
                conflated.computeIfAbsent(published.event().name(), name -> new ConflatedEvent());
        long now = System.nanoTime();
        if (conflatedEvent.next != null) {
            conflatedEvent.next = published;
        } else if (conflatedEvent.publishedAt + CONFLATION_PERIOD.toNanos() - now > 0) {
            conflatedEvent.next = published;
            Duration remaining = Duration.ofNanos(conflatedEvent.publishedAt + CONFLATION_PERIOD.toNanos() - now);
            shard.loop.schedule(remaining, () -> enqueueConflated(conflatedEvent));
        } else {
            conflatedEvent.publishedAt = now;
            pending.add(published);
        }
    }

    private void enqueueConflated(ConflatedEvent conflatedEvent) {
        PublishedEvent published = conflatedEvent.next;
        if (published != null) {
            conflatedEvent.next = null;
            conflatedEvent.publishedAt = System.nanoTime();
            pending.add(published);
            shard.scheduleFlush(this);
        }
    }

    boolean hasPending() {
        return !pending.isEmpty();
    }

    /** Returns true if a reply for that position must follow events that are pending or have not arrived yet. */
    boolean isBehind(@Nullable LogPosition position) {
        return !pending.isEmpty() || (position != null && lastPosition != null && position.isAfter(lastPosition));
    }

    void afterFlush(Runnable reply) {
        deferredReplies.add(reply);
    }

    /** Sends the pending events to all members. Frames are encoded once for each group. */
    void flush() {
        List<PublishedEvent> events = pending;
        pending = new ArrayList<>();
        for (FrameGroup group : groups.values()) {
            if (id.type().isPersonal()) {
                sendToRecipients(group, events);
            } else {
                send(group, events);
            }
        }
        events.forEach(this::recordDelivery);
        if (!joining.isEmpty()) {
            List.copyOf(joining)
                    .forEach(subscription -> events.forEach(published -> shard.buffer(subscription, published)));
        }
        if (!deferredReplies.isEmpty()) {
            List<Runnable> replies = List.copyOf(deferredReplies);
            deferredReplies.clear();
            replies.forEach(Runnable::run);
        }
        events.forEach(published -> published.event().bannedUserId().ifPresent(this::removeUser));
    }

    private void send(FrameGroup group, List<PublishedEvent> events) {
        List<Frame> frames = encode(group.key, events);
        if (!frames.isEmpty()) {
            try (FrameBatch batch = new FrameBatch(frames)) {
                List<Subscription> members = group.members;
                for (int i = members.size() - 1; i >= 0; i--) { // an overflow removes its member later
                    members.get(i).client.sendQueue.send(batch);
                }
            }
        }
    }

    /**
     * Sends each event to the clients of its user. Looks at every member: 5,000 comparisons take about 50 us, and an
     * index of users would cost every connection memory for an event that few of them ever get.
     */
    private void sendToRecipients(FrameGroup group, List<PublishedEvent> events) {
        for (PublishedEvent published : events) {
            List<Client> recipients = group.members.stream()
                    .map(subscription -> subscription.client)
                    .filter(published::isFor)
                    .toList();
            if (!recipients.isEmpty()) {
                List<Frame> frames = encode(group.key, List.of(published));
                recipients.forEach(client -> client.sendQueue.send(frames));
            }
        }
    }

    /** Removes a banned user's clients on this loop, joining ones too. */
    private void removeUser(String userId) {
        Stream.concat(groups.values().stream().flatMap(group -> group.members.stream()), joining.stream())
                .map(subscription -> subscription.client)
                .filter(client ->
                        client.user.filter(user -> user.id().equals(userId)).isPresent())
                .toList()
                .forEach(client -> shard.leave(client, id));
    }

    private List<Frame> encode(FrameGroup.Key key, List<PublishedEvent> events) {
        List<Frame> frames = new ArrayList<>(events.size());
        for (PublishedEvent published : events) {
            EventFrame event = published.event();
            if (!event.isMarker()) {
                frames.add(key.encoder().encodeEvent(id, event, offset(key, published.position())));
            }
        }
        return frames;
    }

    private @Nullable String offset(FrameGroup.Key key, @Nullable LogPosition position) {
        if (position == null) {
            return null;
        }
        if (!key.encoder().usesJointOffset()) {
            return position.toString();
        }
        Map<RoomId, LogPosition> positions = new LinkedHashMap<>();
        for (RoomId room : key.rooms()) {
            LogPosition roomPosition = room.equals(id) ? position : shard.lastPosition(room);
            if (roomPosition != null) {
                positions.put(room, roomPosition);
            }
        }
        return new ClientOffset(positions).toString();
    }

    private void recordDelivery(PublishedEvent published) {
        LogPosition position = published.position();
        if (position != null) {
            lastPosition = position;
            shard.recordDelivery(id.type(), position);
        }
    }
}
