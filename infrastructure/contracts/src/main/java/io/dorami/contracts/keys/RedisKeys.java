package io.dorami.contracts.keys;

import java.util.List;

/**
 * Every Redis key and channel of the platform. No other code spells one.
 *
 * <pre>
 * name                              kind           content, or sender → receiver
 * room:{p7}:chat:KEY                Pub/Sub        services → every gateway with a member
 * log:{p7}:chat:KEY                 stream         the same events, for history and replay
 * once:{p7}:DEDUPE                  string         position of the event published under that dedupe key
 * newest:{p7}:shop:KEY:SUBJECT      string         number of the last event about that subject from an outbox
 * inbox:{p7}:chat                   stream         gateways → chat-service; streams → services (lifecycle)
 * dead:{p7}:chat                    stream         messages that could not be handled, for a person to examine
 * lease:{p7}:chat                   string         the replica that owns the partition
 * replicas:chat                     sorted set     replica → time until which it counts as alive
 * gateway:INSTANCE                  Pub/Sub        services → that gateway: replies; the gateway itself: heartbeats
 * viewers:{p7}:count:KEY            hash           participant → number of sets that contain the participant
 * viewers:{p7}:at:KEY:SET           set            participants on one gateway
 * viewers:{p7}:leases               sorted set     KEY:SET → time until which that set is valid
 * viewers:{p7}:batches              hash           KEY:SET → number of the last batch of changes
 * viewers:{p7}:changed              set            KEYs whose count may differ from the published count
 * viewers:{p7}:told                 hash           KEY → the count last published to its room
 * viewers:{p7}:swept                string         times of the last sweep and of the next removal and publication
 * viewers:{p7}:over:KEY             string         time of the show's end; its room counts no viewers
 * viewers:{p7}:on-air               sorted set     KEY of a running show → end of its current minute
 * viewers:{p7}:show:KEY             hash           totals of the show: peak, watch time …
 * viewers:{p7}:unique:KEY           HyperLogLog    participants at any time of the show
 * viewers:{p7}:present:KEY          HyperLogLog    participants at any time of the current minute
 * viewers:{p7}:minutes:KEY          list           the minutes before the current one
 * viewers:{p7}:ended                hash           KEY:START of an ended show → its record, until PostgreSQL has it
 * media:{p7}:KEY                    sorted set     SRS client id that plays the stream → start time in ms
 * playable:{p7}                     hash           KEY → instance/client of its publisher; read if PostgreSQL is slow
 * generation:{p7}:KEY               string         generation of the publish key; keys of older generations are void
 * chat-room:{p7}:KEY                hash           a chat room's version and state
 * chat-floor:{p7}:KEY               string         minimum version of a room's state that may be cached
 * chat-new:{p7}                     hash           KEY → owner, of rooms that PostgreSQL does not have yet
 * chat-staff:{p7}                   hash           KEY VERSION → lifecycle message, until PostgreSQL has that staff
 * chat-show:{p7}:KEY                hash           start in ms and number of messages of the running show
 * chat-ended:{p7}                   hash           KEY START of an ended show → end and messages, until PostgreSQL has it
 * chat-banned:{p7}:KEY              set            users who are banned from the room; gateways check it on recovery
 * chat-muted:{p7}:KEY               hash           user → end of the time-out in ms
 * chat-seen:{p7}:KEY                hash           user → time of the first join in ms
 * chat-said:{p7}:KEY:USER           string         time and text of the user's last message, if the rules need it
 * back:{p7}:chat:KEY:USER           string         the participant resumed in the room a moment ago, on any gateway
 * chat-rate:USER                    sorted set     the user's messages of the last 10 s, in all rooms
 * blacklist:JTI, blacklist:USER, suspended:USER    set by the platform: the token or user is rejected
 * __keyspace@0__:blacklist:JTI      Pub/Sub        Redis → gateways: the key was set
 * </pre>
 *
 * {@code {p7}} is the partition's hash tag.
 */
public final class RedisKeys {

    private RedisKeys() {}

    /** The channel and the log of a room's events. */
    public static RoomKeys roomKeys(RoomId room) {
        String tag = room.key().partition().hashTag();
        return new RoomKeys(room, roomChannel(room), "log:" + tag + ":" + room);
    }

    /** The Pub/Sub channel of a room. */
    public static String roomChannel(RoomId room) {
        return ROOM + room.key().partition().hashTag() + ":" + room;
    }

    /** Parses the room from its {@link #roomChannel}. */
    public static RoomId roomFromChannel(String channel) {
        return RoomId.parse(channel.substring(channel.indexOf(':', ROOM.length()) + 1));
    }

    /** Holds the position of an event that was published under this dedupe key, for the dedupe window. */
    public static String dedupe(RoomId room, String dedupeKey) {
        return "once:" + room.key().partition().hashTag() + ":" + room + ":" + dedupeKey;
    }

    /** Holds the number of the last event about the subject from an outbox, for the dedupe window. */
    public static String latestEventNumber(RoomId room, String subject) {
        return "newest:" + room.key().partition().hashTag() + ":" + room + ":" + subject;
    }

    /** The inbox of a service's partition. Its consumer group has the service's label as its name. */
    public static String inbox(ServiceName service, Partition partition) {
        return "inbox:" + partition.hashTag() + ":" + service.label();
    }

    /** Messages that could not be handled. */
    public static String deadLetters(ServiceName service, Partition partition) {
        return "dead:" + partition.hashTag() + ":" + service.label();
    }

    /** The lease of the replica that owns the partition. */
    public static String lease(ServiceName service, Partition partition) {
        return "lease:" + partition.hashTag() + ":" + service.label();
    }

    /** The live replicas of a service. */
    public static String replicas(ServiceName service) {
        return "replicas:" + service.label();
    }

    /** The channel of replies to the connections of one gateway. */
    public static String gatewayChannel(String instanceId) {
        return GATEWAY + instanceId;
    }

    /** The number of gateways' sets that contain each participant of a stream. */
    public static String viewerCount(StreamKey key) {
        return viewerCountPrefix(key.partition()) + key;
    }

    /** The prefix of {@link #viewerCount}, to which a script appends the key. */
    public static String viewerCountPrefix(Partition partition) {
        return viewers(partition) + "count:";
    }

    /** The prefix of the sets of participants, to which a script appends {@code KEY:SET}. */
    public static String viewerSetPrefix(Partition partition) {
        return viewers(partition) + "at:";
    }

    /** The lease expiry of each set of participants. */
    public static String viewerLeases(Partition partition) {
        return viewers(partition) + "leases";
    }

    /** The number of the last batch of changes to each set. */
    public static String viewerBatches(Partition partition) {
        return viewers(partition) + "batches";
    }

    /** The streams whose count may differ from the published count. */
    public static String changedViewerCounts(Partition partition) {
        return viewers(partition) + "changed";
    }

    /** The clients that play a stream's media, as reported by SRS. */
    public static String mediaViewers(StreamKey key) {
        return "media:" + key.partition().hashTag() + ":" + key;
    }

    /** The streams of a partition that may be played. */
    public static String playableStreams(Partition partition) {
        return "playable:" + partition.hashTag();
    }

    /** The generation of a stream's publish key. */
    public static String publishKeyGeneration(StreamKey key) {
        return "generation:" + key.partition().hashTag() + ":" + key;
    }

    /** The viewer count last published to each room. */
    public static String publishedViewerCounts(Partition partition) {
        return viewers(partition) + "told";
    }

    /** The time and the deadlines of the last sweep of the partition. */
    public static String viewerSweepState(Partition partition) {
        return viewers(partition) + "swept";
    }

    /** Exists from the end of a show until the stream goes live again. */
    public static String showEndMarker(StreamKey key) {
        return viewers(key.partition()) + "over:" + key;
    }

    /** The running shows. */
    public static String showsOnAir(Partition partition) {
        return viewers(partition) + "on-air";
    }

    /** The prefix of the totals of a show, to which the key is appended. */
    public static String showTotalsPrefix(Partition partition) {
        return viewers(partition) + "show:";
    }

    /** The prefix of the unique participants of a show, to which the key is appended. */
    public static String showUniquePrefix(Partition partition) {
        return viewers(partition) + "unique:";
    }

    /** The prefix of the unique participants of the current minute, to which the key is appended. */
    public static String showMinuteUniquePrefix(Partition partition) {
        return viewers(partition) + "present:";
    }

    /** The prefix of the minutes of a show, to which the key is appended. */
    public static String showMinutesPrefix(Partition partition) {
        return viewers(partition) + "minutes:";
    }

    /** The records of ended shows that are not in PostgreSQL yet. */
    public static String endedShows(Partition partition) {
        return viewers(partition) + "ended";
    }

    /** A chat room's state. */
    public static String chatRoom(StreamKey key) {
        return chat("room", key);
    }

    /** The minimum valid version of a chat room's cached state; a lower version is outdated. */
    public static String chatRoomMinVersion(StreamKey key) {
        return chat("floor", key);
    }

    /** The chat rooms that are not in PostgreSQL yet. */
    public static String unsavedChatRooms(Partition partition) {
        return CHAT + "new:" + partition.hashTag();
    }

    /** The changes of staff that are not in PostgreSQL yet. */
    public static String unsavedStaffChanges(Partition partition) {
        return CHAT + "staff:" + partition.hashTag();
    }

    /** The count of a running show's messages. */
    public static String chatOfRunningShow(StreamKey key) {
        return chat("show", key);
    }

    /** The counts of ended shows that are not in PostgreSQL yet. */
    public static String chatOfEndedShows(Partition partition) {
        return CHAT + "ended:" + partition.hashTag();
    }

    /** The ids of the users who are banned from this chat room. */
    public static String chatBannedUsers(StreamKey key) {
        return chat("banned", key);
    }

    /** The end of each user's time-out in this chat room. */
    public static String chatMutedUsers(StreamKey key) {
        return chat("muted", key);
    }

    /** The time of each user's first join of this chat room. */
    public static String chatFirstJoins(StreamKey key) {
        return chat("seen", key);
    }

    /** The time and the text of this user's last message in this chat room. */
    public static String chatLastMessage(StreamKey key, String userId) {
        return chat("said", key) + ":" + userId;
    }

    /** The user's recent messages in all rooms, for the rate limit. */
    public static String chatMessageRate(String userId) {
        return CHAT + "rate:" + userId;
    }

    /** Exists for some seconds after this participant resumed in the room. */
    public static String resumed(RoomId room, String participant) {
        return "back:" + room.key().partition().hashTag() + ":" + room + ":" + participant;
    }

    /** Exists while this token or user is blacklisted. */
    public static String blacklist(String tokenOrUserId) {
        return "blacklist:" + tokenOrUserId;
    }

    /** Exists while this user is suspended. */
    public static String suspended(String userId) {
        return "suspended:" + userId;
    }

    /** The patterns of the channels on which Redis reports that a revocation key was set, in any of its databases. */
    public static List<String> revocationPatterns() {
        return List.of(KEYSPACE + "*__:" + blacklist("*"), KEYSPACE + "*__:" + suspended("*"));
    }

    /** Parses the key from the channel of such a notification. */
    public static String keyFromNotification(String channel) {
        return channel.substring(channel.indexOf("__:", KEYSPACE.length()) + "__:".length());
    }

    private static final String KEYSPACE = "__keyspace@";
    private static final String ROOM = "room:";
    private static final String GATEWAY = "gateway:";
    private static final String CHAT = "chat-";

    private static String chat(String name, StreamKey key) {
        return CHAT + name + ":" + key.partition().hashTag() + ":" + key;
    }

    private static String viewers(Partition partition) {
        return "viewers:" + partition.hashTag() + ":";
    }

    /** The channel and the log of a room. */
    public record RoomKeys(RoomId room, String channel, String log) {}
}
