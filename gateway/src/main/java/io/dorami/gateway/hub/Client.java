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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A client after its {@code hello}: a connection of the JSON protocol, or one namespace of a Socket.IO connection. The
 * namespaces of one connection share a send queue. Lives on its connection's event loop and is touched only there.
 */
public final class Client {

    /**
     * Time in which a repeated join that was forbidden is dropped. A banned user's page repeats its join each second,
     * whatever the reply. A lifted ban takes effect within this time.
     */
    private static final Duration FORBIDDEN_JOIN_PAUSE = Duration.ofSeconds(10);

    public final String id;
    public final Shard shard;
    public final FrameEncoder encoder;
    public final SendQueue sendQueue;

    /**
     * Identity for counting viewers: a user is one viewer with any number of tabs, a guest's tab is one. Stays the same
     * when the user changes.
     */
    private final String participant;

    /** The signed-in user; empty for a guest. Changes when a session ends or is renewed. */
    public Optional<User> user;

    private final String gateway;
    private final GatewayMetrics metrics;

    /** Rooms that a service has forbidden, with the time until which another join is not passed on. */
    private final Map<RoomId, Long> forbiddenJoins = new HashMap<>(0);

    private boolean isExpectedBack;

    /** Subscriptions; few, so a list is small and fast. Managed by the hub. */
    private final List<Subscription> subscriptions = new ArrayList<>(2);

    Client(
            String gateway,
            String id,
            String participant,
            Shard shard,
            FrameEncoder encoder,
            SendQueue sendQueue,
            Optional<User> user,
            GatewayMetrics metrics) {
        this.gateway = gateway;
        this.id = id;
        this.participant = participant;
        this.shard = shard;
        this.encoder = encoder;
        this.sendQueue = sendQueue;
        this.user = user;
        this.metrics = metrics;
    }

    public String participant() {
        return participant;
    }

    public ReplyTo replyTo(@Nullable String requestId) {
        return new ReplyTo(gateway, id, requestId, System.nanoTime());
    }

    public List<Subscription> subscriptions() {
        return Collections.unmodifiableList(subscriptions);
    }

    @Nullable
    public Subscription subscription(RoomId room) {
        for (Subscription subscription : subscriptions) {
            if (subscription.room.id.equals(room)) {
                return subscription;
            }
        }
        return null;
    }

    public boolean isMember(RoomId room) {
        Subscription subscription = subscription(room);
        return subscription != null && subscription.isActive();
    }

    /** Marks the client as one whose connection the gateway closed and that comes back at once to resume. */
    public void expectBack() {
        isExpectedBack = true;
    }

    public boolean isExpectedBack() {
        return isExpectedBack;
    }

    /** Records that a service has forbidden a join. The rate limit of joins bounds the number of records. */
    void recordForbiddenJoin(RoomId room) {
        long now = System.nanoTime();
        forbiddenJoins.values().removeIf(until -> until - now <= 0);
        forbiddenJoins.put(room, now + FORBIDDEN_JOIN_PAUSE.toNanos());
    }

    /** Returns true if a join would be forbidden again, as far as is known. */
    public boolean isJoinForbidden(RoomId room) {
        Long until = forbiddenJoins.get(room);
        return until != null && until - System.nanoTime() > 0;
    }

    void add(Subscription subscription) {
        subscriptions.add(subscription);
    }

    void remove(Subscription subscription) {
        subscriptions.remove(subscription);
    }

    /**
     * Returns the key of the frame group: clients with a joint offset share frames only with clients in the same rooms.
     */
    FrameGroup.Key frameGroupKey() {
        return new FrameGroup.Key(
                encoder,
                encoder.usesJointOffset()
                        ? subscriptions.stream()
                                .filter(Subscription::isActive)
                                .map(subscription -> subscription.room.id)
                                .sorted(Comparator.comparing(RoomId::toString))
                                .toList()
                        : List.of());
    }

    /**
     * Returns the client's position in each room that it is a member of. A member has every event up to the room's last
     * flush.
     */
    public Map<RoomId, LogPosition> positions() {
        Map<RoomId, LogPosition> positions = new LinkedHashMap<>();
        for (Subscription subscription : subscriptions) {
            LogPosition last = subscription.room.lastPosition();
            if (subscription.isActive() && last != null) {
                positions.put(subscription.room.id, last);
            }
        }
        return positions;
    }

    public void reject(@Nullable RoomId room, @Nullable String requestId, ErrorCode code, String message) {
        rejectRequest(room, new RequestIds(requestId, null), code, message);
    }

    /** Sends an error that names the request and the chat message in it. */
    public void rejectRequest(@Nullable RoomId room, RequestIds ids, ErrorCode code, String message) {
        metrics.recordRejection(code);
        EventFrame frame =
                EventBus.toFrame(DirectEvent.RequestRejected.of(code, message, ids.clientMessageId(), Instant.now()));
        sendQueue.send(encoder.encodeDirect(FrameEncoder.DirectMessage.of(room, frame, ids.requestId())));
    }

    /** Closes the connection and all its namespaces, after the queued frames were written. */
    public void close(CloseCode code) {
        metrics.recordClose(code);
        Transport transport = sendQueue.transport();
        sendQueue.close();
        transport.close(code.code(), code.name());
    }
}
