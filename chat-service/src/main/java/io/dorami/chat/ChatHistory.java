package io.dorami.chat;

import io.dorami.contracts.EventFrame;
import io.dorami.contracts.Json;
import io.dorami.contracts.RoomEvent.ChatCleared;
import io.dorami.contracts.RoomEvent.ChatDeleted;
import io.dorami.contracts.RoomEvent.ChatPosted;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** The messages that are still to be seen in a log, read from its newest entry back. Pure. */
final class ChatHistory {

    private final int limit;
    private final Set<UUID> deleted = new HashSet<>();
    private final Set<String> cleared = new HashSet<>();
    private final ArrayDeque<ChatPosted> messages = new ArrayDeque<>();

    ChatHistory(int limit) {
        this.limit = limit;
    }

    /** Takes the entry before the last one that was taken. A tombstone is newer than its message, so it is met first. */
    void takeOlder(EventFrame frame) {
        switch (frame.name()) {
            case ChatDeleted.NAME ->
                deleted.add(Json.read(frame.data(), ChatDeleted.class).messageId());
            case ChatCleared.NAME ->
                cleared.add(Json.read(frame.data(), ChatCleared.class).userId());
            case ChatPosted.NAME -> {
                ChatPosted message = Json.read(frame.data(), ChatPosted.class);
                if (!full() && !deleted.contains(message.id()) && !cleared.contains(message.userId())) {
                    messages.addFirst(message);
                }
            }
            default -> {} // the log holds other things that are no part of the conversation
        }
    }

    boolean full() {
        return messages.size() >= limit;
    }

    /** Oldest first. */
    List<ChatPosted> messages() {
        return List.copyOf(messages);
    }
}
