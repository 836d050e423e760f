package io.dorami.contracts.keys;

import java.util.List;

/**
 * Every Redis name there is. Nothing else spells one.
 *
 * <pre>
 * name                              kind           who → whom
 * room:{p7}:chat:KEY                Pub/Sub        services → every gateway with a member
 * log:{p7}:chat:KEY                 stream         the same events, for history and replay
 * once:{p7}:DEDUPE                  string         position of the event published under that key
 * newest:{p7}:shop:KEY:SUBJECT       string         number of the last event about that subject out of an outbox
 * inbox:{p7}:chat                   stream         gateways → chat-service; streams → services (lifecycle)
 * dead:{p7}:chat                    stream         what could not be handled, for a person to look at
 * lease:{p7}:chat                   string         the replica that owns the partition
 * replicas:chat                     sorted set     replica → until when it counts as alive
 * gateway:BOOT                      Pub/Sub        services → that gateway: answers, its own heartbeat
 * viewers:{p7}:count:KEY            hash           participant → number of sets in which it is
 * viewers:{p7}:at:KEY:SET           set            participants on one gateway
 * viewers:{p7}:leases               sorted set     KEY:SET → until when that set is valid
 * viewers:{p7}:batches              hash           KEY:SET → number of the last batch of moves
 * viewers:{p7}:changed              set            KEYs whose count may differ from what their room was told
 * viewers:{p7}:told                 hash           KEY → the count that its room was told
 * viewers:{p7}:swept                string         when the partition was swept last, and what it waits for
 * viewers:{p7}:over:KEY             string         the show ended then: its room counts nobody
 * viewers:{p7}:on-air               sorted set     KEY of a show on air → when its present minute ends
 * viewers:{p7}:show:KEY             hash           what the show adds up to: peak, watch time …
 * viewers:{p7}:unique:KEY           HyperLogLog    who was there at any time of the show
 * viewers:{p7}:present:KEY          HyperLogLog    who was there at any time of the present minute
 * viewers:{p7}:minutes:KEY          list           the minutes before it
 * viewers:{p7}:ended                hash           KEY:START of a show that ended → its record, until it is in PostgreSQL
 * media:{p7}:KEY                    sorted set     SRS's ids of who plays the stream → since when, in ms
 * playable:{p7}                     hash           KEY → run/client of its publisher; asked while PostgreSQL is slow
 * generation:{p7}:KEY               string         publish keys of an older generation are void
 * chat-room:{p7}:KEY                hash           a chat room's version and state
 * chat-floor:{p7}:KEY               string         the version that a room must have before it may be put there
 * chat-new:{p7}                     hash           KEY → owner, of rooms that PostgreSQL does not know yet
 * chat-banned:{p7}:KEY              set            users who may not be in the room; gateways ask on recovery
 * chat-muted:{p7}:KEY               hash           user → until when, in ms
 * chat-seen:{p7}:KEY                hash           user → when first in the room, in ms
 * chat-said:{p7}:KEY:USER           string         when and what the user said last, where the room asks
 * chat-rate:USER                    sorted set     the user's messages of the last 10 s, in all rooms
 * blacklist:JTI, blacklist:USER, suspended:USER    set by the platform: the token or user is refused
 * __keyspace@0__:blacklist:JTI      Pub/Sub        Redis → gateways: the key was set
 * </pre>
 *
 * {@code {p7}} is the partition's hash tag.
 */
public final class RedisKeys {

    private RedisKeys() {}

    /** Where a room's events are published and logged. */
    public static RoomKeys roomEvents(RoomId room) {
        String tag = room.key().partition().tag();
        return new RoomKeys(room, roomChannel(room), "log:" + tag + ":" + room);
    }

    /** The Pub/Sub channel of a room. */
    public static String roomChannel(RoomId room) {
        return ROOM + room.key().partition().tag() + ":" + room;
    }

    /** The room that a {@link #roomChannel} is of. */
    public static RoomId roomOf(String channel) {
        return RoomId.parse(channel.substring(channel.indexOf(':', ROOM.length()) + 1));
    }

    /** Remembers for a while that an event was published under this dedupe key. */
    public static String once(RoomId room, String dedupe) {
        return "once:" + room.key().partition().tag() + ":" + room + ":" + dedupe;
    }

    /** Remembers for a while which event about the subject was the last that came out of an outbox. */
    public static String newest(RoomId room, String subject) {
        return "newest:" + room.key().partition().tag() + ":" + room + ":" + subject;
    }

    /** The inbox of a service's partition; also the name of its consumer group there is the service's label. */
    public static String inbox(ServiceName service, Partition partition) {
        return "inbox:" + partition.tag() + ":" + service.label();
    }

    /** What could not be handled. */
    public static String deadLetters(ServiceName service, Partition partition) {
        return "dead:" + partition.tag() + ":" + service.label();
    }

    /** Held by the replica that owns the partition. */
    public static String lease(ServiceName service, Partition partition) {
        return "lease:" + partition.tag() + ":" + service.label();
    }

    /** The replicas of a service that are alive. */
    public static String replicas(ServiceName service) {
        return "replicas:" + service.label();
    }

    /** Answers for the connections of one gateway. */
    public static String gateway(String bootId) {
        return GATEWAY + bootId;
    }

    /** In how many gateways' sets each participant of a stream is. */
    public static String viewerCount(StreamKey key) {
        return viewerCounts(key.partition()) + key;
    }

    /** The start of {@link #viewerCount}, to which a script appends the key. */
    public static String viewerCounts(Partition partition) {
        return viewers(partition) + "count:";
    }

    /** The start of the sets of participants, to which a script appends {@code KEY:SET}. */
    public static String viewersAt(Partition partition) {
        return viewers(partition) + "at:";
    }

    /** Until when each set is valid. */
    public static String viewerLeases(Partition partition) {
        return viewers(partition) + "leases";
    }

    /** The last batch of moves that each set has. */
    public static String viewerBatches(Partition partition) {
        return viewers(partition) + "batches";
    }

    /** The streams whose count may differ from what their room was told. */
    public static String viewersChanged(Partition partition) {
        return viewers(partition) + "changed";
    }

    /** Who plays a stream's media, by SRS's word. */
    public static String mediaViewers(StreamKey key) {
        return "media:" + key.partition().tag() + ":" + key;
    }

    /** The streams of a partition that may be played. */
    public static String playable(Partition partition) {
        return "playable:" + partition.tag();
    }

    /** The generation of a stream's publish key. */
    public static String keyGeneration(StreamKey key) {
        return "generation:" + key.partition().tag() + ":" + key;
    }

    /** What each room was told. */
    public static String viewersTold(Partition partition) {
        return viewers(partition) + "told";
    }

    /** When the partition was swept last. */
    public static String viewersSwept(Partition partition) {
        return viewers(partition) + "swept";
    }

    /** Exists once a show has ended, until the stream goes live again. */
    public static String viewersOver(StreamKey key) {
        return viewers(key.partition()) + "over:" + key;
    }

    /** The shows on air. */
    public static String showsOnAir(Partition partition) {
        return viewers(partition) + "on-air";
    }

    /** The start of what a show adds up to; a key follows. */
    public static String showTotals(Partition partition) {
        return viewers(partition) + "show:";
    }

    /** The start of who was there at any time of a show; a key follows. */
    public static String showUnique(Partition partition) {
        return viewers(partition) + "unique:";
    }

    /** The start of who was there at any time of the present minute; a key follows. */
    public static String showPresent(Partition partition) {
        return viewers(partition) + "present:";
    }

    /** The start of the minutes of a show; a key follows. */
    public static String showMinutes(Partition partition) {
        return viewers(partition) + "minutes:";
    }

    /** The records of shows that ended and are not in PostgreSQL yet. */
    public static String showsEnded(Partition partition) {
        return viewers(partition) + "ended";
    }

    /** A chat room's state. */
    public static String chatRoom(StreamKey key) {
        return chat("room", key);
    }

    /** Below this version a chat room's state is out of date, whoever read it. */
    public static String chatFloor(StreamKey key) {
        return chat("floor", key);
    }

    /** The chat rooms that are still to be written to PostgreSQL. */
    public static String newChatRooms(Partition partition) {
        return CHAT + "new:" + partition.tag();
    }

    /** A set: the ids of the users who may not be in this chat room. */
    public static String chatBanned(StreamKey key) {
        return chat("banned", key);
    }

    /** Until when users may not speak in this chat room. */
    public static String chatMuted(StreamKey key) {
        return chat("muted", key);
    }

    /** When users first came into this chat room. */
    public static String chatSeen(StreamKey key) {
        return chat("seen", key);
    }

    /** When this user said what in this chat room. */
    public static String chatSaid(StreamKey key, String userId) {
        return chat("said", key) + ":" + userId;
    }

    /** The user's last messages, in whichever rooms. */
    public static String chatRate(String userId) {
        return CHAT + "rate:" + userId;
    }

    /** Exists while this token or user is blacklisted. */
    public static String blacklist(String tokenOrUserId) {
        return "blacklist:" + tokenOrUserId;
    }

    /** Exists while this user is suspended. */
    public static String suspended(String userId) {
        return "suspended:" + userId;
    }

    /** The patterns of the channels on which Redis says that a key of a revocation was set, in any of its databases. */
    public static List<String> revocationNotices() {
        return List.of(NOTICE + "*__:" + blacklist("*"), NOTICE + "*__:" + suspended("*"));
    }

    /** The key that such a notice is about. */
    public static String keyOf(String notice) {
        return notice.substring(notice.indexOf("__:", NOTICE.length()) + "__:".length());
    }

    private static final String NOTICE = "__keyspace@";
    private static final String ROOM = "room:";
    private static final String GATEWAY = "gateway:";
    private static final String CHAT = "chat-";

    private static String chat(String what, StreamKey key) {
        return CHAT + what + ":" + key.partition().tag() + ":" + key;
    }

    private static String viewers(Partition partition) {
        return "viewers:" + partition.tag() + ":";
    }

    /** A room's names; carries the type of what may be published there. */
    public record RoomKeys(RoomId room, String channel, String log) {}
}
