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

/**
 * Posts messages and joins users by one Redis script each. The scripts check what only Redis knows: the sender's rate
 * limits and restrictions.
 */
@ApplicationScoped
public class MessageWriter {

    private static final RedisScript POST_SCRIPT = RedisScript.load("chat-post");
    private static final RedisScript JOIN_SCRIPT = RedisScript.load("chat-join");

    private final ChatConfig config;
    private final DoramiConfig dorami;
    private final ChatRoomCache rooms;

    MessageWriter(ChatConfig config, DoramiConfig dorami, ChatRoomCache rooms) {
        this.config = config;
        this.dorami = dorami;
        this.rooms = rooms;
    }

    /** Result of a script. */
    public sealed interface WriteResult {

        /** The message is in the log, or the user may join. */
        record Written() implements WriteResult {}

        /** Nothing changed, because the decision was based on an outdated version of the room. */
        record Outdated() implements WriteResult {}

        /** Nothing changed. The caller replies with the error. */
        record Rejected(ErrorCode code, String message) implements WriteResult {}
    }

    /**
     * Posts a message once, and replies to its sender.
     *
     * @param successReply the reply, sent by the same script: with the message or not at all, and without a second
     *     request to Redis
     */
    public Uni<WriteResult> post(Decision.Post post, Reply successReply, ChatRoom room, SequentialRequests requests) {
        ChatPosted event = post.event();
        StreamKey key = event.liveId();
        RoomKeys roomKeys = RedisKeys.roomKeys(new RoomId(RoomType.CHAT, key));
        RoomRateLimits rateLimits = post.rateLimits();
        return POST_SCRIPT
                .run(
                        requests,
                        List.of(
                                roomKeys.log(),
                                RedisKeys.dedupe(roomKeys.room(), post.dedupe()),
                                RedisKeys.chatRoom(key),
                                RedisKeys.chatBannedUsers(key),
                                RedisKeys.chatMutedUsers(key),
                                RedisKeys.chatFirstJoins(key),
                                RedisKeys.chatLastMessage(key, event.userId()),
                                RedisKeys.chatMessageRate(event.userId()),
                                RedisKeys.chatOfRunningShow(key)),
                        List.of(
                                dorami.publishCommand(),
                                roomKeys.channel(),
                                EventBus.toFrame(event).body(),
                                String.valueOf(RoomType.CHAT.logEntries()),
                                String.valueOf(dorami.logRetention().toSeconds()),
                                String.valueOf(dorami.dedupeWindow().toSeconds()),
                                event.userId(),
                                String.valueOf(room.version()),
                                rooms.ttlSeconds(),
                                String.valueOf(rateLimits.messageInterval().toMillis()),
                                String.valueOf(rateLimits.repeatInterval().toMillis()),
                                String.valueOf(rateLimits.minTimeInRoom().toMillis()),
                                rateLimits.textHash(),
                                RedisKeys.gatewayChannel(successReply.to().gateway()),
                                successReply.encode(),
                                event.id().toString(),
                                String.valueOf(config.maxMessagesPerRateWindow()),
                                String.valueOf(config.rateWindow().toMillis())))
                .map(MessageWriter::toResult);
    }

    /** Checks that the user is not banned, and stores the time of the user's first join. */
    public Uni<WriteResult> join(StreamKey key, String userId, ChatRoom room, SequentialRequests requests) {
        return JOIN_SCRIPT
                .run(
                        requests,
                        List.of(RedisKeys.chatRoom(key), RedisKeys.chatBannedUsers(key), RedisKeys.chatFirstJoins(key)),
                        List.of(String.valueOf(room.version()), userId, rooms.ttlSeconds()))
                .map(response -> toResult(response.toString(), 0));
    }

    private static WriteResult toResult(Response response) {
        String status = response.get(0).toString();
        return toResult(status, status.equals("posted") ? 0 : response.get(1).toLong());
    }

    private static WriteResult toResult(String status, long milliseconds) {
        return switch (status) {
            case "posted", "in" -> new WriteResult.Written();
            case "outdated" -> new WriteResult.Outdated();
            case "banned" -> new WriteResult.Rejected(ErrorCode.FORBIDDEN, "You are banned from this chat");
            case "muted" ->
                new WriteResult.Rejected(
                        ErrorCode.FORBIDDEN, "You are timed out; next message in " + seconds(milliseconds) + " s");
            case "new" ->
                new WriteResult.Rejected(
                        ErrorCode.FORBIDDEN,
                        "Newcomers cannot post yet; first message in " + seconds(milliseconds) + " s");
            case "fast" -> rateLimited(milliseconds);
            case "again" ->
                new WriteResult.Rejected(ErrorCode.INVALID_MESSAGE, "Repeated message; post a different text or wait");
            default -> throw new IllegalStateException("Unknown script status: " + status);
        };
    }

    private static WriteResult rateLimited(long milliseconds) {
        return new WriteResult.Rejected(
                ErrorCode.RATE_LIMIT_EXCEEDED, "Too many messages; next message in " + seconds(milliseconds) + " s");
    }

    private static long seconds(long milliseconds) {
        return Math.ceilDiv(milliseconds, 1_000L);
    }
}
