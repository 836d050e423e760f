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

    /** Time of the last join that was passed on. */
    private long joinStartedAt;

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
