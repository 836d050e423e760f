package io.dorami.gateway.hub;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a client is to a room: coming in, while what the room says is held for it, or in it. Each attempt is another one. */
public final class Subscription {

    public final Client client;
    public final Room room;

    /** What the room said since the client asked to come in; nothing once it is in. */
    private @Nullable List<PublishedEvent> held = new ArrayList<>(0);

    /** With whom it gets the same frames, and its place there; both the room's. */
    @Nullable
    FrameGroup crowd;

    int index;

    /** It asked to go on from where it was, and could not. */
    public boolean afresh;

    /** When it last asked to come in, and that was passed on. */
    private long askedAt;

    Subscription(Client client, Room room) {
        this.client = client;
        this.room = room;
    }

    /** It asks to come in; answers whether to pass that on: not where it did so less than that ago and is still waiting. */
    public boolean asks(Duration again) {
        long now = System.nanoTime();
        if (!inside() && askedAt != 0 && now - askedAt < again.toNanos()) {
            return false;
        }
        askedAt = now;
        return true;
    }

    /** Whether it gets what the room says. */
    public boolean inside() {
        return held == null;
    }

    /** Keeps what the room says, if the client is still coming in; answers how much is kept. */
    public int hold(PublishedEvent heard) {
        if (held == null) {
            return 0;
        }
        held.add(heard);
        return held.size();
    }

    /** From now on it is in; answers what was held. */
    List<PublishedEvent> letIn() {
        List<PublishedEvent> all = held == null ? List.of() : held;
        held = null;
        return all;
    }
}
