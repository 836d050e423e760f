package io.dorami.gateway.hub;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client's subscription to a room. Room events are buffered while the join is pending. Each attempt to join is a new
 * subscription.
 */
public final class Subscription {

    public final Client client;
    public final Room room;

    /** Events since the start of the join; null once active. */
    private @Nullable List<PublishedEvent> buffered = new ArrayList<>(0);

    /** Group of members with the same frames, and the index in it; managed by the room. */
    @Nullable
    FrameGroup group;

    int index;

    /** True if the client asked to resume from an offset and could not. */
    public boolean resumeFailed;

    /** True once the room's service was asked to admit the client, so that the service must learn of a disconnect. */
    public boolean joinSent;

    /** Time of the last join that was passed on. */
    private long joinStartedAt;

    /** Ids of the join requests without a reply yet. */
    private final List<String> unanswered = new ArrayList<>(0);

    /** Undoes the join when the subscription ends; null if there is nothing to undo. */
    private @Nullable Runnable endAction;

    Subscription(Client client, Room room) {
        this.client = client;
        this.room = room;
    }

    /**
     * Starts a join. Returns false if the previous join is still pending and began less than the retry interval ago.
     */
    public boolean tryStartJoin(Duration retryInterval) {
        long now = System.nanoTime();
        if (!isActive() && joinStartedAt != 0 && now - joinStartedAt < retryInterval.toNanos()) {
            return false;
        }
        joinStartedAt = now;
        return true;
    }

    /**
     * Sets the work that undoes the join, to run once when the subscription ends, whatever the cause: a leave, a
     * failed join, an overflow or a disconnect. Returns false if the subscription has such work already, so that a
     * repeated join is not done twice.
     */
    public boolean trySetEndAction(Runnable action) {
        if (endAction != null) {
            return false;
        }
        endAction = action;
        return true;
    }

    /** Undoes the join. Returns the ids of the join requests without a reply. */
    List<String> end() {
        Runnable action = endAction;
        endAction = null;
        if (action != null) {
            action.run();
        }
        List<String> rejected = List.copyOf(unanswered);
        unanswered.clear();
        return rejected;
    }

    /** Records a join request that needs a reply of its own. */
    public void addUnanswered(String requestId) {
        unanswered.add(requestId);
    }

    /** Records the reply to a join request. Returns false if the request had no id, or has a reply already. */
    public boolean tryAnswer(@Nullable String requestId) {
        return unanswered.remove(requestId);
    }

    boolean hasUnanswered() {
        return !unanswered.isEmpty();
    }

    /** Returns true unless the client has left the room since, or left and joined again. */
    public boolean isCurrent() {
        return equals(client.subscription(room.id));
    }

    /** Returns true once the join is complete. */
    public boolean isActive() {
        return buffered == null;
    }

    /** Buffers an event while the join is pending. Returns the number of buffered events. */
    public int buffer(PublishedEvent published) {
        if (buffered == null) {
            return 0;
        }
        buffered.add(published);
        return buffered.size();
    }

    /** Activates the subscription. Returns the buffered events. */
    List<PublishedEvent> activate() {
        List<PublishedEvent> events = buffered == null ? List.of() : buffered;
        buffered = null;
        return events;
    }
}
