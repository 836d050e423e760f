package io.dorami.chat.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.dorami.contracts.Json;
import io.dorami.contracts.events.DirectEvent;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.events.RoomEvent;
import io.dorami.contracts.events.RoomEvent.ChatCleared;
import io.dorami.contracts.events.RoomEvent.ChatDeleted;
import io.dorami.contracts.events.RoomEvent.ChatPosted;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.messaging.EventBus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class HistoryCollectorTest {

    private static final StreamKey KEY = new StreamKey("KEYA");
    private final List<RoomEvent> log = new ArrayList<>();

    @Test
    void lastMessagesAreOldestFirst() {
        ChatPosted first = posted("1");
        ChatPosted second = posted("2");
        ChatPosted third = posted("3");
        assertThat(history(2)).containsExactly(second, third).doesNotContain(first);
    }

    @Test
    void deletedMessageIsReplacedByOlderMessage() {
        ChatPosted first = posted("1");
        ChatPosted second = posted("2");
        ChatPosted third = posted("3");
        log.add(new ChatDeleted(second.id(), KEY, "admin", Instant.EPOCH));
        assertThat(history(2)).containsExactly(first, third);
    }

    @Test
    void messagesBeforeUserWasClearedAreOmitted() {
        posted("1");
        log.add(new ChatCleared("u1", KEY, "admin", Instant.EPOCH));
        ChatPosted afterwards = posted("2");
        assertThat(history(2)).containsExactly(afterwards);
    }

    @Test
    void otherEventsAreIgnored() {
        ChatPosted only = posted("1");
        log.add(new RoomEvent.StreamEnded(KEY));
        assertThat(history(2)).containsExactly(only);
    }

    @Test
    void emptyLogGivesEmptyHistory() {
        assertThat(history(2)).isEmpty();
    }

    private ChatPosted posted(String message) {
        ChatPosted posted = new ChatPosted(UUID.randomUUID(), KEY, "u1", "Kim", message, null, Instant.EPOCH);
        log.add(posted);
        return posted;
    }

    private List<ChatPosted> history(int limit) {
        HistoryCollector history = new HistoryCollector(limit);
        log.reversed().forEach(event -> history.addOlder(EventBus.toFrame(event)));
        EventFrame frame = HistoryCollector.frame(KEY, history.messages());
        DirectEvent.ChatHistory decoded = Json.read(frame.data(), DirectEvent.ChatHistory.class);
        assertThat(frame).isEqualTo(EventBus.toFrame(decoded));
        assertThat(decoded.liveId()).isEqualTo(KEY);
        return decoded.messages();
    }
}
