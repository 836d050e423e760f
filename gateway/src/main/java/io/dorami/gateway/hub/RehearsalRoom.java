package io.dorami.gateway.hub;

import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.keys.LogPosition;
import io.dorami.contracts.keys.RoomId;
import io.dorami.gateway.GatewayConfig;
import io.dorami.gateway.GatewayMetrics;
import io.dorami.gateway.transport.DiscardingTransport;
import io.dorami.gateway.transport.EventLoop;
import io.dorami.gateway.transport.Frame;
import io.dorami.gateway.transport.SendQueue;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A room whose members are in memory, on a shard and with metrics of its own, to which events are delivered as to real
 * members: for the warm-up. Used only on its loop.
 */
public final class RehearsalRoom {

    private static final String NAME = "rehearsal";

    private final RoomId id;
    private final GatewayMetrics metrics = new GatewayMetrics(new SimpleMeterRegistry());
    private final Shard shard;
    private final List<Client> clients = new ArrayList<>();
    private @Nullable Room room;
    private long sequence;

    /** Creates the room with some members for each encoder. Call on the loop. */
    public RehearsalRoom(RoomId id, EventLoop loop, GatewayConfig config, List<FrameEncoder> encoders, int members) {
        this.id = id;
        this.shard = new Shard(loop, new NoSource(), config, metrics);
        for (FrameEncoder encoder : encoders) {
            for (int i = 0; i < members; i++) {
                clients.add(newClient(encoder, encoder.metricsLabel() + i));
            }
        }
        clients.forEach(this::join);
    }

    /** Delivers a logged event to all members, one of which has just left and joined again. */
    public void deliver(EventFrame event) {
        Client returning = clients.get((int) (sequence % clients.size()));
        shard.remove(returning);
        join(returning);
        String position = System.currentTimeMillis() + "-" + ++sequence;
        shard.deliver(Objects.requireNonNull(room), PublishedEvent.of(id, EventFrame.decode(position, event.body())));
    }

    /** Ends the periodic work of the shard. */
    public void close() {
        shard.close();
    }

    private void join(Client client) {
        shard.add(client);
        shard.join(client, id);
    }

    private Client newClient(FrameEncoder encoder, String name) {
        SendQueue queue = shard.newSendQueue(new DiscardingTransport(), new NoOwner(encoder, id));
        return new Client(NAME, name, name, shard, encoder, queue, Optional.empty(), metrics);
    }

    /** Completes each subscription at once, at the start of a log. */
    private final class NoSource implements RoomSource {

        @Override
        public void subscribe(Room subscribed) {
            if (subscribed.id.equals(id)) {
                room = subscribed;
            }
            subscribed.onSubscribed(LogPosition.START);
        }

        @Override
        public void unsubscribe(Room unsubscribed) {}
    }

    private record NoOwner(FrameEncoder encoder, RoomId room) implements SendQueue.Owner {

        @Override
        public Frame droppedMessage(String topic, int count) {
            return encoder.encodeDropped(room, count);
        }

        @Override
        public void onOverflow() {}
    }
}
