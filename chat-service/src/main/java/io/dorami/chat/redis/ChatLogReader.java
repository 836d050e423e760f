package io.dorami.chat.redis;

import io.dorami.chat.ChatConfig;
import io.dorami.chat.rules.ChatHistory;
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

/** Reads a room's log in Redis: it is the history, so history costs no write of its own. */
@ApplicationScoped
public class ChatLogReader {

    /** Before the first entry of any log. */
    private static final String BEGINNING = "0-0";

    private final ChatConfig config;

    ChatLogReader(ChatConfig config) {
        this.config = config;
    }

    /** The last messages as JSON, oldest first, and the position of the newest entry when they were read. */
    public record HistoryPage(List<String> messages, String position) {}

    public Uni<HistoryPage> read(RoomId room, SequentialRequests lane) {
        ChatHistory history = new ChatHistory(config.history());
        return readOlder(room, "+", lane, frame -> {
                    history.takeOlder(frame);
                    return history.full();
                })
                .map(newest -> new HistoryPage(history.messages(), newest));
    }

    /** The message, if the log still has it and nobody took it back. */
    public Uni<Optional<ChatPosted>> find(RoomId room, UUID id, SequentialRequests lane) {
        MessageSearch finding = new MessageSearch(id);
        return readOlder(room, "+", lane, finding).map(newest -> Optional.ofNullable(finding.found));
    }

    private static final class MessageSearch implements Predicate<EventFrame> {
        private final UUID id;

        @Nullable
        private ChatPosted found;

        MessageSearch(UUID id) {
            this.id = id;
        }

        /** Whether there is nothing more to look for: of a message that was taken back, the tombstone is met first. */
        @Override
        public boolean test(EventFrame frame) {
            if (found != null || !frame.data().contains(id.toString())) {
                return found != null;
            }
            if (frame.name().equals(ChatPosted.NAME)) {
                ChatPosted message = Json.read(frame.data(), ChatPosted.class);
                found = message.id().equals(id) ? message : null;
            }
            return found != null || frame.name().equals(ChatDeleted.NAME);
        }
    }

    /** Reads a page at a time, newest first, until it is enough; answers the newest position. */
    private Uni<String> readOlder(RoomId room, String from, SequentialRequests lane, Predicate<EventFrame> enough) {
        int page = config.history() + 20; // so that a few deletions cost no second page
        return lane.send(Request.cmd(Command.XREVRANGE)
                        .arg(RedisKeys.roomEvents(room).log())
                        .arg(from)
                        .arg("-")
                        .arg("COUNT")
                        .arg(page))
                .chain(entries -> {
                    String newest = BEGINNING;
                    String oldest = BEGINNING;
                    boolean done = entries.size() < page;
                    for (Response entry : entries) {
                        oldest = entry.get(0).toString();
                        newest = newest.equals(BEGINNING) ? oldest : newest;
                        done |= enough.test(
                                EventFrame.decode(oldest, entry.get(1).get(1).toString()));
                    }
                    return done
                            ? Uni.createFrom().item(newest)
                            : readOlder(room, "(" + oldest, lane, enough).replaceWith(newest);
                });
    }
}
