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
 * Collects the visible messages of a log, read from its newest entry backwards. Performs no I/O. Messages stay the JSON
 * of the log, which clients receive as it is: parsing and writing a hundred messages would cost each join half a
 * millisecond.
 */
public final class HistoryCollector {

    private final int limit;
    private final Set<UUID> deletedMessageIds = new HashSet<>();
    private final Set<String> clearedUserIds = new HashSet<>();
    private final ArrayDeque<String> messages = new ArrayDeque<>();

    public HistoryCollector(int limit) {
        this.limit = limit;
    }

    /** Adds the next older entry. A tombstone is newer than its message, so the tombstone is added first. */
    public void addOlder(EventFrame frame) {
        switch (frame.name()) {
            case ChatDeleted.NAME ->
                deletedMessageIds.add(Json.read(frame.data(), ChatDeleted.class).messageId());
            case ChatCleared.NAME ->
                clearedUserIds.add(Json.read(frame.data(), ChatCleared.class).userId());
            case ChatPosted.NAME -> {
                if (!isFull() && !isDeleted(frame.data())) {
                    messages.addFirst(frame.data());
                }
            }
            default -> {} // the log also contains events that are not part of the conversation
        }
    }

    private boolean isDeleted(String json) {
        if (deletedMessageIds.isEmpty() && clearedUserIds.isEmpty()) {
            return false; // the usual case: no need to parse the message
        }
        ChatPosted message = Json.read(json, ChatPosted.class);
        return deletedMessageIds.contains(message.id()) || clearedUserIds.contains(message.userId());
    }

    /** Returns true if the history has reached its limit. */
    public boolean isFull() {
        return messages.size() >= limit;
    }

    /** Returns the messages, each the JSON of a {@link ChatPosted}, oldest first. */
    public List<String> messages() {
        return List.copyOf(messages);
    }

    /** Creates the history event that a joining client receives. */
    public static EventFrame frame(StreamKey key, List<String> messages) {
        DirectEvent empty = new DirectEvent.ChatHistory(key, List.of());
        String json = Json.write(empty);
        String end = "]}"; // closes the messages, the last field
        return EventFrame.of(empty, json.substring(0, json.length() - end.length()) + String.join(",", messages) + end);
    }
}
