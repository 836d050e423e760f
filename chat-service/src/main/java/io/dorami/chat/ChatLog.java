package io.dorami.chat;

import io.dorami.contracts.EventFrame;
import io.dorami.contracts.RoomEvent.ChatPosted;
import io.dorami.contracts.RoomId;
import io.dorami.contracts.Topics;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import io.vertx.mutiny.redis.client.Response;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** Reads a room's log in Redis: it is the history, so history costs no write of its own. */
@ApplicationScoped
class ChatLog {

    /** Before the first entry of any log. */
    private static final String BEGINNING = "0-0";

    private final Redis redis;
    private final ChatConfig config;

    ChatLog(Redis redis, ChatConfig config) {
        this.redis = redis;
        this.config = config;
    }

    /** The last messages, oldest first, and the position of the newest entry when they were read. */
    record Past(List<ChatPosted> messages, String position) {}

    Uni<Past> read(RoomId room) {
        ChatHistory history = new ChatHistory(config.history());
        return readOlder(room, "+", history).map(newest -> new Past(history.messages(), newest));
    }

    /** Reads a page at a time until enough messages are found that were not deleted; answers the newest position. */
    private Uni<String> readOlder(RoomId room, String from, ChatHistory history) {
        int page = config.history() + 20; // so that a few deletions cost no second page
        return redis.send(Request.cmd(Command.XREVRANGE)
                        .arg(Topics.roomEvents(room).log())
                        .arg(from)
                        .arg("-")
                        .arg("COUNT")
                        .arg(page))
                .chain(entries -> {
                    String newest = BEGINNING;
                    String oldest = BEGINNING;
                    for (Response entry : entries) {
                        oldest = entry.get(0).toString();
                        newest = newest.equals(BEGINNING) ? oldest : newest;
                        history.takeOlder(
                                EventFrame.decode(oldest, entry.get(1).get(1).toString()));
                    }
                    boolean more = entries.size() == page && !history.full();
                    return more
                            ? readOlder(room, "(" + oldest, history).replaceWith(newest)
                            : Uni.createFrom().item(newest);
                });
    }
}
