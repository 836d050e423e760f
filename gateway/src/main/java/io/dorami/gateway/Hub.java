package io.dorami.gateway;

import io.dorami.contracts.Answer;
import io.dorami.contracts.ErrorCode;
import io.dorami.contracts.EventFrame;
import io.dorami.contracts.Position;
import io.dorami.contracts.RoomId;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The connections of this gateway and the rooms that they are in. Knows nothing of chat or products: it moves frames.
 * Touched only on its own event loop, {@link #run}, so it needs no lock and every client sees one order.
 */
@ApplicationScoped
class Hub {

    private final Map<String, Client> clients = new HashMap<>();
    private final Map<RoomId, Set<Client>> rooms = new HashMap<>();
    private final Context loop;
    private final GatewayConfig config;

    Hub(Vertx vertx, GatewayConfig config, GatewayMetrics metrics) {
        this.loop = vertx.getOrCreateContext(); // one event loop, always the same
        this.config = config;
        metrics.gauges(clients, rooms);
    }

    /** Runs on the hub's loop, after what was given to it before. */
    void run(Runnable work) {
        loop.runOnContext(ignored -> work.run());
    }

    void add(Client client) {
        clients.put(client.id, client);
    }

    /** Takes the client out of everything; answers what it was to which room. */
    Map<RoomId, Membership> remove(Client client) {
        clients.remove(client.id);
        Map<RoomId, Membership> left = Map.copyOf(client.rooms);
        left.keySet().forEach(room -> leave(client, room));
        return left;
    }

    Collection<Client> clients() {
        return List.copyOf(clients.values());
    }

    boolean hasMembers(RoomId room) {
        return rooms.containsKey(room);
    }

    boolean isMember(Client client, RoomId room) {
        return client.rooms.get(room) instanceof Membership.Member;
    }

    /**
     * From now on, what the room says is kept for the client until {@link #answer} lets it in.
     *
     * @return what the client is to the room, also where it was that before; nothing where it has closed meanwhile
     */
    Optional<Membership> hold(Client client, RoomId room) {
        if (!clients.containsKey(client.id)) {
            return Optional.empty();
        }
        rooms.computeIfAbsent(room, r -> new LinkedHashSet<>()).add(client);
        return Optional.of(client.rooms.computeIfAbsent(room, r -> new Membership.Joining()));
    }

    /** The client is in no longer. */
    void leave(Client client, RoomId room) {
        client.rooms.remove(room);
        rooms.computeIfPresent(room, (r, members) -> {
            members.remove(client);
            return members.isEmpty() ? null : members;
        });
    }

    /** Gives a room's event to all who are in it; the text is made once. */
    void deliver(RoomId room, EventFrame frame) {
        Set<Client> members = rooms.get(room);
        if (members == null) {
            return;
        }
        String text = JsonFrames.event(room, frame);
        List<Client> overfull = new ArrayList<>();
        for (Client client : members) {
            switch (client.rooms.get(room)) {
                case Membership.Member member -> client.send(text);
                case Membership.Joining joining -> {
                    joining.held.add(frame);
                    if (joining.held.size() > config.heldFrames()) {
                        overfull.add(client);
                    }
                }
                case null -> {} // never: a room's members know the room
            }
        }
        overfull.forEach(client -> {
            leave(client, room);
            client.refuse(room, null, ErrorCode.BUSY, "The room's history did not come in time; join again");
        });
    }

    /** Carries out what a service answered to one connection, if it is still there. */
    void answer(Answer answer) {
        Client client = clients.get(answer.to().connection());
        RoomId room = answer.room();
        boolean givenUp = answer.effect() == Answer.Effect.JOINED && client != null && !client.rooms.containsKey(room);
        if (client == null || givenUp) {
            return;
        }
        String requestId = answer.to().requestId();
        answer.snapshot().forEach(frame -> client.send(JsonFrames.answer(room, frame, requestId)));
        switch (answer.effect()) {
            case JOINED -> letIn(client, room, answer.position());
            case LEFT -> leave(client, room);
            case NONE -> {}
        }
        client.send(JsonFrames.answer(room, answer.result(), requestId));
    }

    private void letIn(Client client, RoomId room, @Nullable String position) {
        Position seen = position == null ? Position.BEGINNING : Position.parse(position);
        if (client.rooms.get(room) instanceof Membership.Joining joining) {
            client.rooms.put(room, new Membership.Member());
            joining.held.stream()
                    .filter(frame -> frame.position() == null
                            || Position.parse(frame.position()).after(seen))
                    .forEach(frame -> client.send(JsonFrames.event(room, frame)));
        }
    }
}
