package io.dorami.chat.redis;

import io.dorami.chat.ChatConfig;
import io.dorami.chat.rules.HistoryCollector;
import io.dorami.contracts.Json;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.events.RoomEvent.ChatDeleted;
import io.dorami.contracts.events.RoomEvent.ChatPosted;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.RoomId;
import io.dorami.service.redis.SequentialRequests;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Request;
import io.vertx.mutiny.redis.client.Response;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Reads a room's log in Redis. The log is the history, so history costs no additional write. */
@ApplicationScoped
public class ChatLogReader {

    /** The position before the first entry of any log. */
    private static final String START_POSITION = "0-0";

    /** Entries read in addition to the history's size, so that a few deletions cost no second page. */
    private static final int PAGE_MARGIN = 20;

    private final ChatConfig config;

    ChatLogReader(ChatConfig config) {
        this.config = config;
    }

    /** The last messages as JSON, oldest first, and the position of the newest log entry at the time of reading. */
    public record HistoryPage(List<String> messages, String position) {}

    /** Reads the room's last messages, at most as many as a history contains. */
    public Uni<HistoryPage> read(RoomId room, SequentialRequests requests) {
        HistoryCollector history = new HistoryCollector(config.historyMessages());
        return readBackwards(room, "+", requests, frame -> {
                    history.addOlder(frame);
                    return history.isFull();
                })
                .map(newest -> new HistoryPage(history.messages(), newest));
    }

    /** Finds a message that is still in the log and was not deleted. */
    public Uni<Optional<ChatPosted>> find(RoomId room, UUID messageId, SequentialRequests requests) {
        MessageSearch search = new MessageSearch(messageId);
        return readBackwards(room, "+", requests, search).map(newest -> Optional.ofNullable(search.found));
    }

    private static final class MessageSearch implements Predicate<EventFrame> {
        private final UUID messageId;

        @Nullable
        private ChatPosted found;

        MessageSearch(UUID messageId) {
            this.messageId = messageId;
        }

        /** Returns true if the search is over. The tombstone of a deleted message is newer, so it is read first. */
        @Override
        public boolean test(EventFrame frame) {
            if (found != null || !frame.data().contains(messageId.toString())) {
                return found != null;
            }
            if (frame.name().equals(ChatPosted.NAME)) {
                ChatPosted message = Json.read(frame.data(), ChatPosted.class);
                found = message.id().equals(messageId) ? message : null;
            }
            return found != null || frame.name().equals(ChatDeleted.NAME);
        }
    }

    /** Reads page by page, newest first, until the predicate returns true. Returns the newest position. */
    private Uni<String> readBackwards(
            RoomId room, String from, SequentialRequests requests, Predicate<EventFrame> isComplete) {
        int pageSize = config.historyMessages() + PAGE_MARGIN;
        return requests.send(Request.cmd(Command.XREVRANGE)
                        .arg(RedisKeys.roomKeys(room).log())
                        .arg(from)
                        .arg("-")
                        .arg("COUNT")
                        .arg(pageSize))
                .chain(entries -> {
                    String newestPosition = START_POSITION;
                    String oldestPosition = START_POSITION;
                    boolean done = entries.size() < pageSize;
                    for (Response entry : entries) {
                        oldestPosition = entry.get(0).toString();
                        newestPosition = newestPosition.equals(START_POSITION) ? oldestPosition : newestPosition;
                        done |= isComplete.test(EventFrame.decode(
                                oldestPosition, entry.get(1).get(1).toString()));
                    }
                    return done
                            ? Uni.createFrom().item(newestPosition)
                            : readBackwards(room, "(" + oldestPosition, requests, isComplete)
                                    .replaceWith(newestPosition);
                });
    }
}
