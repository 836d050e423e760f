package io.dorami.chat.rules;

import io.dorami.contracts.Json;
import io.dorami.contracts.events.DirectEvent;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.events.RoomEvent.ChatCleared;
import io.dorami.contracts.events.RoomEvent.ChatDeleted;
import io.dorami.contracts.events.RoomEvent.ChatPosted;
import io.dorami.contracts.keys.StreamKey;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * The messages that are still to be seen in a log, read from its newest entry back. Pure. They stay the JSON that they are
 * in the log, which is what clients get: to read and write a hundred would cost each join half a millisecond.
 */
public final class ChatHistory {

    private final int limit;
    private final Set<UUID> deleted = new HashSet<>();
    private final Set<String> cleared = new HashSet<>();
    private final ArrayDeque<String> messages = new ArrayDeque<>();

    public ChatHistory(int limit) {
        this.limit = limit;
    }

    /** Takes the entry before the last one that was taken. A tombstone is newer than its message, so it is met first. */
    public void takeOlder(EventFrame frame) {
        switch (frame.name()) {
            case ChatDeleted.NAME ->
                deleted.add(Json.read(frame.data(), ChatDeleted.class).messageId());
            case ChatCleared.NAME ->
                cleared.add(Json.read(frame.data(), ChatCleared.class).userId());
            case ChatPosted.NAME -> {
                if (!full() && !takenBack(frame.data())) {
                    messages.addFirst(frame.data());
                }
            }
            default -> {} // the log holds other things that are no part of the conversation
        }
    }

    private boolean takenBack(String json) {
        if (deleted.isEmpty() && cleared.isEmpty()) {
            return false; // as a rule
        }
        ChatPosted message = Json.read(json, ChatPosted.class);
        return deleted.contains(message.id()) || cleared.contains(message.userId());
    }

    public boolean full() {
        return messages.size() >= limit;
    }

    /** Each a {@link ChatPosted}, oldest first. */
    public List<String> messages() {
        return List.copyOf(messages);
    }

    /** What one gets who joins. */
    public static EventFrame frame(StreamKey key, List<String> messages) {
        DirectEvent empty = new DirectEvent.ChatHistory(key, List.of());
        String json = Json.write(empty);
        String end = "]}"; // of the messages, which come last
        return EventFrame.of(empty, json.substring(0, json.length() - end.length()) + String.join(",", messages) + end);
    }
}
