package io.dorami.chat;

import io.dorami.chat.ChatRules.Decision;
import io.dorami.chat.ChatRules.Pace;
import io.dorami.contracts.Answer;
import io.dorami.contracts.Channel;
import io.dorami.contracts.ChatRoom;
import io.dorami.contracts.ErrorCode;
import io.dorami.contracts.RoomEvent.ChatPosted;
import io.dorami.contracts.RoomId;
import io.dorami.contracts.StreamKey;
import io.dorami.contracts.Topics;
import io.dorami.contracts.Topics.RoomTopic;
import io.dorami.service.DoramiConfig;
import io.dorami.service.EventBus;
import io.dorami.service.Lane;
import io.dorami.service.RedisScript;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.redis.client.Response;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** Posts what the rules allow, if the sender's pace and standing do, which Redis knows: one script for each message. */
@ApplicationScoped
class Posting {

    private static final RedisScript POST = RedisScript.load("chat-post");
    private static final RedisScript JOIN = RedisScript.load("chat-join");

    private final ChatConfig config;
    private final DoramiConfig dorami;
    private final ChatRooms rooms;

    Posting(ChatConfig config, DoramiConfig dorami, ChatRooms rooms) {
        this.config = config;
        this.dorami = dorami;
        this.rooms = rooms;
    }

    /** What became of an attempt. */
    sealed interface Outcome {

        /** It is in the log, or the user is in. */
        record Done() implements Outcome {}

        /** Nothing happened: the room is no longer what was decided by. */
        record Outdated() implements Outcome {}

        /** Nothing happens but that the user is told. */
        record Refused(ErrorCode code, String message) implements Outcome {}
    }

    /**
     * Posts a message once, and tells its sender so.
     *
     * @param success what the sender hears; with the message or not at all, and it saves a way to Redis
     */
    Uni<Outcome> post(Decision.Post post, Answer success, ChatRoom room, Lane lane) {
        ChatPosted event = post.event();
        StreamKey key = event.liveId();
        RoomTopic topic = Topics.roomEvents(new RoomId(Channel.CHAT, key));
        Pace pace = post.pace();
        return POST.run(
                        lane,
                        List.of(
                                topic.log(),
                                Topics.once(topic.room(), post.dedupe()),
                                Topics.chatRoom(key),
                                Topics.chatBanned(key),
                                Topics.chatMuted(key),
                                Topics.chatSeen(key),
                                Topics.chatSaid(key, event.userId()),
                                Topics.chatRate(event.userId())),
                        List.of(
                                dorami.publishVerb(),
                                topic.channel(),
                                EventBus.frame(event).body(),
                                String.valueOf(Channel.CHAT.logEntries()),
                                String.valueOf(dorami.logTime().toSeconds()),
                                String.valueOf(dorami.onceTime().toSeconds()),
                                event.userId(),
                                String.valueOf(room.version()),
                                rooms.secondsToLive(),
                                String.valueOf(pace.between().toMillis()),
                                String.valueOf(pace.repeat().toMillis()),
                                String.valueOf(pace.inRoom().toMillis()),
                                pace.text(),
                                Topics.gateway(success.to().gateway()),
                                success.encode(),
                                event.id().toString(),
                                String.valueOf(config.rateMessages()),
                                String.valueOf(config.rateWindow().toMillis())))
                .map(Posting::outcome);
    }

    /** Lets a user in who may be there. */
    Uni<Outcome> join(StreamKey key, String userId, ChatRoom room, Lane lane) {
        return JOIN.run(
                        lane,
                        List.of(Topics.chatRoom(key), Topics.chatBanned(key), Topics.chatSeen(key)),
                        List.of(String.valueOf(room.version()), userId, rooms.secondsToLive()))
                .map(answer -> outcome(answer.toString(), 0));
    }

    private static Outcome outcome(Response answer) {
        String word = answer.get(0).toString();
        return outcome(word, word.equals("posted") ? 0 : answer.get(1).toLong());
    }

    private static Outcome outcome(String word, long milliseconds) {
        return switch (word) {
            case "posted", "in" -> new Outcome.Done();
            case "outdated" -> new Outcome.Outdated();
            case "banned" -> new Outcome.Refused(ErrorCode.FORBIDDEN, "You were banned from this chat");
            case "muted" ->
                new Outcome.Refused(
                        ErrorCode.FORBIDDEN, "You were timed out; you may speak in " + seconds(milliseconds) + " s");
            case "new" ->
                new Outcome.Refused(
                        ErrorCode.FORBIDDEN,
                        "Newcomers may speak after a while; you may in " + seconds(milliseconds) + " s");
            case "fast" -> tooFast(milliseconds);
            case "again" -> new Outcome.Refused(ErrorCode.INVALID_MESSAGE, "You have said the same just now");
            default -> throw new IllegalStateException("No outcome " + word);
        };
    }

    private static Outcome tooFast(long milliseconds) {
        return new Outcome.Refused(
                ErrorCode.RATE_LIMIT_EXCEEDED, "Slowly; you may speak in " + seconds(milliseconds) + " s");
    }

    private static long seconds(long milliseconds) {
        return Math.ceilDiv(milliseconds, 1_000L);
    }
}
