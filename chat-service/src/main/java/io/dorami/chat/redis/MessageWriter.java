package io.dorami.chat.redis;

import io.dorami.chat.ChatConfig;
import io.dorami.chat.rules.ChatRules.Decision;
import io.dorami.chat.rules.ChatRules.RoomRateLimits;
import io.dorami.contracts.commands.ChatRoom;
import io.dorami.contracts.commands.Reply;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.events.RoomEvent.ChatPosted;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.RedisKeys.RoomKeys;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.messaging.EventBus;
import io.dorami.service.redis.RedisScript;
import io.dorami.service.redis.SequentialRequests;
import io.dorami.service.runtime.DoramiConfig;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.redis.client.Response;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** Posts what the rules allow, if the sender's pace and standing do, which Redis knows: one script for each message. */
@ApplicationScoped
public class MessageWriter {

    private static final RedisScript POST = RedisScript.load("chat-post");
    private static final RedisScript JOIN = RedisScript.load("chat-join");

    private final ChatConfig config;
    private final DoramiConfig dorami;
    private final ChatRoomCache rooms;

    MessageWriter(ChatConfig config, DoramiConfig dorami, ChatRoomCache rooms) {
        this.config = config;
        this.dorami = dorami;
        this.rooms = rooms;
    }

    /** What became of an attempt. */
    public sealed interface WriteResult {

        /** It is in the log, or the user is in. */
        record Written() implements WriteResult {}

        /** Nothing happened: the room is no longer what was decided by. */
        record Outdated() implements WriteResult {}

        /** Nothing happens but that the user is told. */
        record Rejected(ErrorCode code, String message) implements WriteResult {}
    }

    /**
     * Posts a message once, and tells its sender so.
     *
     * @param success what the sender hears; with the message or not at all, and it saves a way to Redis
     */
    public Uni<WriteResult> post(Decision.Post post, Reply success, ChatRoom room, SequentialRequests lane) {
        ChatPosted event = post.event();
        StreamKey key = event.liveId();
        RoomKeys topic = RedisKeys.roomEvents(new RoomId(RoomType.CHAT, key));
        RoomRateLimits pace = post.pace();
        return POST.run(
                        lane,
                        List.of(
                                topic.log(),
                                RedisKeys.once(topic.room(), post.dedupe()),
                                RedisKeys.chatRoom(key),
                                RedisKeys.chatBanned(key),
                                RedisKeys.chatMuted(key),
                                RedisKeys.chatSeen(key),
                                RedisKeys.chatSaid(key, event.userId()),
                                RedisKeys.chatRate(event.userId())),
                        List.of(
                                dorami.publishVerb(),
                                topic.channel(),
                                EventBus.frame(event).body(),
                                String.valueOf(RoomType.CHAT.logEntries()),
                                String.valueOf(dorami.logTime().toSeconds()),
                                String.valueOf(dorami.onceTime().toSeconds()),
                                event.userId(),
                                String.valueOf(room.version()),
                                rooms.secondsToLive(),
                                String.valueOf(pace.between().toMillis()),
                                String.valueOf(pace.repeat().toMillis()),
                                String.valueOf(pace.inRoom().toMillis()),
                                pace.text(),
                                RedisKeys.gateway(success.to().gateway()),
                                success.encode(),
                                event.id().toString(),
                                String.valueOf(config.rateMessages()),
                                String.valueOf(config.rateWindow().toMillis())))
                .map(MessageWriter::outcome);
    }

    /** Lets a user in who may be there. */
    public Uni<WriteResult> join(StreamKey key, String userId, ChatRoom room, SequentialRequests lane) {
        return JOIN.run(
                        lane,
                        List.of(RedisKeys.chatRoom(key), RedisKeys.chatBanned(key), RedisKeys.chatSeen(key)),
                        List.of(String.valueOf(room.version()), userId, rooms.secondsToLive()))
                .map(answer -> outcome(answer.toString(), 0));
    }

    private static WriteResult outcome(Response answer) {
        String word = answer.get(0).toString();
        return outcome(word, word.equals("posted") ? 0 : answer.get(1).toLong());
    }

    private static WriteResult outcome(String word, long milliseconds) {
        return switch (word) {
            case "posted", "in" -> new WriteResult.Written();
            case "outdated" -> new WriteResult.Outdated();
            case "banned" -> new WriteResult.Rejected(ErrorCode.FORBIDDEN, "You were banned from this chat");
            case "muted" ->
                new WriteResult.Rejected(
                        ErrorCode.FORBIDDEN, "You were timed out; you may speak in " + seconds(milliseconds) + " s");
            case "new" ->
                new WriteResult.Rejected(
                        ErrorCode.FORBIDDEN,
                        "Newcomers may speak after a while; you may in " + seconds(milliseconds) + " s");
            case "fast" -> tooFast(milliseconds);
            case "again" -> new WriteResult.Rejected(ErrorCode.INVALID_MESSAGE, "You have said the same just now");
            default -> throw new IllegalStateException("No outcome " + word);
        };
    }

    private static WriteResult tooFast(long milliseconds) {
        return new WriteResult.Rejected(
                ErrorCode.RATE_LIMIT_EXCEEDED, "Slowly; you may speak in " + seconds(milliseconds) + " s");
    }

    private static long seconds(long milliseconds) {
        return Math.ceilDiv(milliseconds, 1_000L);
    }
}
