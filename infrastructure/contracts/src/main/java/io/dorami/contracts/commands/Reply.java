package io.dorami.contracts.commands;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dorami.contracts.Json;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.events.MembershipChange;
import io.dorami.contracts.keys.RoomId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A service's reply to one connection, sent through that connection's gateway. Encoded as one line of JSON and one line
 * for each frame, so that history is not escaped twice.
 *
 * @param to the connection and its id of the request
 * @param room the room of the request
 * @param membershipChange the change that the gateway makes to the connection's membership; {@link MembershipChange#LEFT}
 *     is also the reply to a rejected join
 * @param position for {@link MembershipChange#JOINED}: the last log position in the snapshot; the gateway buffers later
 *     events of the room and sends them after the snapshot
 * @param snapshot frames that are sent first
 * @param result the frame that is sent last
 */
public record Reply(
        ReplyTo to,
        RoomId room,
        MembershipChange membershipChange,
        @Nullable String position,
        List<EventFrame> snapshot,
        EventFrame result) {

    /** The line of JSON in front of the frames. */
    public record Head(
            ReplyTo to,
            RoomId room,
            @JsonProperty("effect") MembershipChange membershipChange,
            @Nullable String position) {}

    /** Encodes the reply as lines. */
    public String encode() {
        return Stream.concat(
                        Stream.of(Json.write(new Head(to, room, membershipChange, position))),
                        Stream.concat(snapshot.stream(), Stream.of(result)).map(EventFrame::encode))
                .collect(Collectors.joining("\n"));
    }

    /**
     * Parses an encoded reply.
     *
     * @throws IllegalArgumentException if the text is not a reply
     */
    public static Reply decode(String text) {
        String[] lines = text.split("\n");
        if (lines.length < 2) {
            throw new IllegalArgumentException("Reply: expected a JSON line and at least one frame");
        }
        Head head = Json.read(lines[0], Head.class);
        List<EventFrame> frames = new ArrayList<>(
                Arrays.stream(lines).skip(1).map(EventFrame::decode).toList());
        EventFrame result = frames.removeLast();
        return new Reply(head.to, head.room, head.membershipChange, head.position, frames, result);
    }
}
