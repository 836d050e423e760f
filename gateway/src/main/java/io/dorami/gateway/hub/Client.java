package io.dorami.gateway.hub;

import io.dorami.contracts.User;
import io.dorami.contracts.commands.ReplyTo;
import io.dorami.contracts.errors.CloseCode;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.events.DirectEvent;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.keys.LogPosition;
import io.dorami.contracts.keys.RoomId;
import io.dorami.gateway.GatewayMetrics;
import io.dorami.gateway.transport.SendQueue;
import io.dorami.gateway.transport.Transport;
import io.dorami.service.messaging.EventBus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One who said hello: a connection of the JSON protocol, or one namespace of a Socket.IO connection, which may have several
 * that share an outbox. Lives on its connection's event loop and is touched only there.
 */
public final class Client {

    public final String id;
    public final Shard shard;
    public final FrameEncoder format;
    public final SendQueue outbox;

    /** Who counts as a viewer: a user is one, however many tabs; a guest's tab is one. Stays when the user changes. */
    final String participant;

    /** Who it is; a guest where nobody. Another one once a session has ended or was renewed. */
    public Optional<User> user;

    private final String gateway;
    private final GatewayMetrics metrics;

    /** Its rooms: few, so a list is small and quick. The hub's. */
    private final List<Subscription> memberships = new ArrayList<>(2);

    public Client(
            String gateway,
            String id,
            String participant,
            Shard shard,
            FrameEncoder format,
            SendQueue outbox,
            Optional<User> user,
            GatewayMetrics metrics) {
        this.gateway = gateway;
        this.id = id;
        this.participant = participant;
        this.shard = shard;
        this.format = format;
        this.outbox = outbox;
        this.user = user;
        this.metrics = metrics;
    }

    public String participant() {
        return participant;
    }

    public ReplyTo replyTo(@Nullable String requestId) {
        return new ReplyTo(gateway, id, requestId);
    }

    public List<Subscription> memberships() {
        return Collections.unmodifiableList(memberships);
    }

    @Nullable
    public Subscription in(RoomId room) {
        for (Subscription membership : memberships) {
            if (membership.room.id.equals(room)) {
                return membership;
            }
        }
        return null;
    }

    public boolean isMember(RoomId room) {
        Subscription membership = in(room);
        return membership != null && membership.inside();
    }

    void add(Subscription membership) {
        memberships.add(membership);
    }

    void remove(Subscription membership) {
        memberships.remove(membership);
    }

    /** Which frames it gets: with the offset of all its rooms, or of each alone. */
    FrameGroup.Key kind() {
        return new FrameGroup.Key(
                format,
                format.jointOffset()
                        ? memberships.stream()
                                .filter(Subscription::inside)
                                .map(membership -> membership.room.id)
                                .sorted(Comparator.comparing(RoomId::toString))
                                .toList()
                        : List.of());
    }

    /** Where it is in all rooms that it is in. A member has everything up to the room's last pass. */
    public Map<RoomId, LogPosition> positions() {
        Map<RoomId, LogPosition> positions = new LinkedHashMap<>();
        for (Subscription membership : memberships) {
            LogPosition last = membership.room.last();
            if (membership.inside() && last != null) {
                positions.put(membership.room.id, last);
            }
        }
        return positions;
    }

    public void refuse(@Nullable RoomId room, @Nullable String requestId, ErrorCode code, String message) {
        metrics.refused(code);
        EventFrame frame = EventBus.frame(DirectEvent.RequestRejected.of(code, message, Instant.now()));
        outbox.send(format.answer(FrameEncoder.DirectMessage.of(room, frame, requestId)));
    }

    /** Ends the connection, with all that is on it, after what was written. */
    public void close(CloseCode code) {
        metrics.closed(code);
        Transport transport = outbox.transport();
        outbox.end();
        transport.close(code.code(), code.name());
    }
}
