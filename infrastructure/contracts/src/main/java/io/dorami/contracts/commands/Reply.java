package io.dorami.contracts.commands;

import io.dorami.contracts.Json;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.keys.RoomId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a service tells one connection, through that connection's gateway. Written as a line of JSON and a line for each
 * frame, so that history is not escaped twice.
 *
 * @param to the connection, and its own name for the request
 * @param room the room that it is about
 * @param effect what the gateway does to the membership
 * @param position for {@link MembershipChange#JOINED}: the log position up to which the snapshot reaches; what the room said since
 *     is kept by the gateway and follows the snapshot
 * @param snapshot written first
 * @param result written last
 */
public record Reply(
        ReplyTo to,
        RoomId room,
        MembershipChange effect,
        @Nullable String position,
        List<EventFrame> snapshot,
        EventFrame result) {

    /** What an answer does to the connection's membership of the room. */
    public enum MembershipChange {
        NONE,
        /** From now on the connection gets the room's events. */
        JOINED,
        /** From now on it does not; also the answer to a join that was refused. */
        LEFT
    }

    /** The line of JSON. */
    public record Head(
            ReplyTo to,
            RoomId room,
            MembershipChange effect,
            @Nullable String position) {}

    /** The written form. */
    public String encode() {
        return Stream.concat(
                        Stream.of(Json.write(new Head(to, room, effect, position))),
                        Stream.concat(snapshot.stream(), Stream.of(result)).map(EventFrame::encode))
                .collect(Collectors.joining("\n"));
    }

    /**
     * Reads the written form.
     *
     * @throws IllegalArgumentException where the text is not one
     */
    public static Reply decode(String text) {
        String[] lines = text.split("\n");
        if (lines.length < 2) {
            throw new IllegalArgumentException("Not an answer");
        }
        Head head = Json.read(lines[0], Head.class);
        List<EventFrame> frames = new ArrayList<>(
                Arrays.stream(lines).skip(1).map(EventFrame::decode).toList());
        EventFrame result = frames.removeLast();
        return new Reply(head.to, head.room, head.effect, head.position, frames, result);
    }
}
