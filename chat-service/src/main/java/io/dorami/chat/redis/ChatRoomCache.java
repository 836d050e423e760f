package io.dorami.chat.redis;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.dorami.chat.ChatConfig;
import io.dorami.chat.db.ModerationStore;
import io.dorami.contracts.Json;
import io.dorami.contracts.commands.ChatCommand.ApplyStaff;
import io.dorami.contracts.commands.ChatCommand.ModerateChat;
import io.dorami.contracts.commands.ChatModeration;
import io.dorami.contracts.commands.ChatPolicy;
import io.dorami.contracts.commands.ChatRoom;
import io.dorami.contracts.commands.StreamLifecycle;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.keys.Partition;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.messaging.EventBus;
import io.dorami.service.redis.RedisScript;
import io.dorami.service.redis.SequentialRequests;
import io.dorami.service.runtime.DoramiConfig;
import io.dorami.service.runtime.PeriodicTask;
import io.dorami.service.runtime.Timeouts;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import io.vertx.mutiny.redis.client.Response;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Cache of chat room state. PostgreSQL is the source of truth, all replicas decide by the state in Redis, and this
 * process caches that state. Each use of a cached room checks its version (chat-post.lua), so no message costs a
 * database read and a change applies as soon as Redis has it. A room that Redis lost is loaded when it is next needed.
 */
@ApplicationScoped
public class ChatRoomCache {

    /** Key of a pseudo room whose banned words apply to all rooms. No client can join it. */
    public static final StreamKey GLOBAL_RULES = new StreamKey("all");

    /** Maximum number of rooms in memory: usually 300 bytes each, 30 KB with all words, hence 1 MB to 100 MB. */
    private static final int MAX_CACHED_ROOMS = 3_000;

    /**
     * Maximum number of keys without a room in memory, because any client may request any key: 200 bytes each with a
     * key of 64 characters, hence 600 KB. Beyond this number a key costs a query each time.
     */
    static final int MAX_UNKNOWN_ROOMS = 3_000;

    /** Timeout of one load. While PostgreSQL hangs, messages of all rooms wait for the room that is being loaded. */
    private static final Duration LOAD_TIMEOUT = Duration.ofSeconds(1);

    /** Number of attempts to load a room that changes during the load. */
    private static final int MAX_LOAD_ATTEMPTS = 3;

    /** Interval at which registered rooms are written to PostgreSQL. */
    private static final Duration SAVE_INTERVAL = Duration.ofSeconds(2);

    /** Time between two queries for a room that PostgreSQL does not have. Registration puts the room into Redis. */
    static final Duration UNKNOWN_ROOM_TTL = Duration.ofSeconds(10);

    /** Time after which a registration may be a repetition. A later first one costs only a query to PostgreSQL. */
    private static final Duration MAX_REGISTRATION_DELAY = Duration.ofMinutes(1);

    private static final RedisScript REGISTER_SCRIPT = RedisScript.load("chat-register");
    private static final RedisScript LOAD_SCRIPT = RedisScript.load("chat-load");
    private static final RedisScript CHANGE_SCRIPT = RedisScript.load("chat-change");

    /** The script's arguments if no user is affected: user, restriction, and its end. */
    private static final List<String> NO_RESTRICTION = List.of("", "", "");

    private static final Logger LOG = Logger.getLogger(ChatRoomCache.class);

    private final Redis redis;
    private final EventBus bus;
    private final ModerationStore store;
    private final ChatConfig config;
    private final String ttlSeconds;
    private final Cache<StreamKey, ChatRoom> cachedRooms =
            newCacheBuilder(MAX_CACHED_ROOMS).build();
    private final Cache<StreamKey, Boolean> unknownRooms = newUnknownRoomCache(Ticker.systemTicker());
    private final Map<StreamKey, Uni<Optional<ChatRoom>>> pendingFetches = new ConcurrentHashMap<>();
    private volatile List<String> globalBannedWords = List.of();

    ChatRoomCache(Redis redis, EventBus bus, ModerationStore store, ChatConfig config, DoramiConfig dorami) {
        this.redis = redis;
        this.bus = bus;
        this.store = store;
        this.config = config;
        // Longer than the log, so that a banned user cannot return while the log still has messages.
        this.ttlSeconds = String.valueOf(dorami.logRetention().multipliedBy(2).toSeconds());
    }

    void start(@Observes StartupEvent event) {
        PeriodicTask.start("save chat rooms", SAVE_INTERVAL, this::saveNewRooms);
        PeriodicTask.start("refresh global banned words", config.wordsPollInterval(), this::refreshGlobalBannedWords);
    }

    /** Time to live of a room in Redis after its last message, in seconds: twice that of its log. */
    String ttlSeconds() {
        return ttlSeconds;
    }

    /** Words banned in all rooms. */
    public List<String> globalBannedWords() {
        return globalBannedWords;
    }

    /**
     * Returns the room from memory, or fetches it. Fails with BUSY if neither Redis nor PostgreSQL can return the room.
     */
    public Uni<Optional<ChatRoom>> get(StreamKey key, SequentialRequests requests) {
        ChatRoom cached = cachedRooms.getIfPresent(key);
        return cached == null ? fetch(key, requests) : Uni.createFrom().item(Optional.of(cached));
    }

    /**
     * Fetches the room from Redis, or loads it from PostgreSQL. Concurrent callers share one fetch, and
     * continue in their order.
     */
    public Uni<Optional<ChatRoom>> fetch(StreamKey key, SequentialRequests requests) {
        return Uni.createFrom()
                .deferred(() -> pendingFetches.computeIfAbsent(
                        key,
                        k -> readOrLoad(key, requests, MAX_LOAD_ATTEMPTS)
                                .invoke(room -> room.ifPresentOrElse(
                                        known -> cachedRooms.put(key, known), () -> cachedRooms.invalidate(key)))
                                .onTermination()
                                .invoke(() -> pendingFetches.remove(key))
                                .memoize()
                                .indefinitely()));
    }

    /** Creates the chat room of a stream, if the room does not exist yet. */
    public Uni<Void> register(StreamLifecycle event, SequentialRequests requests) {
        StreamKey key = event.stream();
        // A new stream has no rules yet. At a later event PostgreSQL may have the room with its rules.
        String state = isNew(event) ? Json.write(newRoom(event.ownerId())) : "";
        return REGISTER_SCRIPT
                .run(
                        requests,
                        List.of(
                                RedisKeys.chatRoom(key),
                                RedisKeys.unsavedChatRooms(key.partition()),
                                RedisKeys.chatRoomMinVersion(key)),
                        List.of(key.value(), event.ownerId(), ttlSeconds, state))
                .replaceWithVoid();
    }

    /** Registrations are repeated when a stream's title or shipping changes, and keep the time of the first one. */
    private static boolean isNew(StreamLifecycle event) {
        return event instanceof StreamLifecycle.StreamRegistered registered
                && registered.at().isAfter(Instant.now().minus(MAX_REGISTRATION_DELAY));
    }

    /** Applies a change of the staff to the room's state in Redis. */
    public Uni<Void> apply(ApplyStaff command, SequentialRequests requests) {
        return apply(command.stream(), command.state(), NO_RESTRICTION, requests);
    }

    /** Applies a moderation action to the room's state in Redis. */
    public Uni<Void> apply(ModerateChat command, SequentialRequests requests) {
        List<String> userArguments = switch (command.action()) {
            case ChatModeration.Ban ban -> List.of(ban.userId(), "ban", "");
            case ChatModeration.TimeOut out ->
                List.of(out.userId(), "mute", String.valueOf(out.until().toEpochMilli()));
            case ChatModeration.Unban unban -> List.of(unban.userId(), "free", "");
            case ChatModeration.DeleteMessage e -> NO_RESTRICTION;
            case ChatModeration.DeleteAll e -> NO_RESTRICTION;
            case ChatModeration.Pin e -> NO_RESTRICTION;
            case ChatModeration.Unpin e -> NO_RESTRICTION;
            case ChatModeration.ChangePolicy e -> NO_RESTRICTION;
        };
        return apply(command.stream(), command.state(), userArguments, requests);
    }

    private Uni<Void> apply(StreamKey key, ChatRoom state, List<String> userArguments, SequentialRequests requests) {
        List<String> arguments =
                new ArrayList<>(List.of(String.valueOf(state.version()), Json.write(state), ttlSeconds));
        arguments.addAll(userArguments);
        return CHANGE_SCRIPT
                .run(requests, scriptKeys(key), arguments)
                .invoke(() -> cachedRooms.invalidate(key))
                .replaceWithVoid();
    }

    private Uni<Optional<ChatRoom>> readOrLoad(StreamKey key, SequentialRequests requests, int attemptsLeft) {
        return readFromRedis(key, requests).chain(room -> {
            if (room != null) {
                return Uni.createFrom().item(Optional.of(room));
            }
            return findStored(key)
                    .chain(stored -> stored.isPresent()
                            ? putIntoRedis(key, stored.get(), requests)
                            : putNewIntoRedis(key, requests))
                    .chain(result -> switch (result) {
                        case LOADED -> readFromRedis(key, requests).map(Optional::ofNullable);
                        case UNKNOWN -> Uni.createFrom().item(Optional.empty());
                        case OUTDATED -> {
                            if (attemptsLeft == 1) {
                                throw new DoramiException(
                                        ErrorCode.BUSY, "Room settings are being changed; retry in 1 s");
                            }
                            yield readOrLoad(key, requests, attemptsLeft - 1);
                        }
                    });
        });
    }

    private enum RoomLoadResult {
        LOADED,
        OUTDATED,
        UNKNOWN
    }

    private static Uni<@Nullable ChatRoom> readFromRedis(StreamKey key, SequentialRequests requests) {
        return requests.send(
                        Request.cmd(Command.HGET).arg(RedisKeys.chatRoom(key)).arg("state"))
                .map(state -> state == null ? null : Json.read(state.toString(), ChatRoom.class));
    }

    private Uni<Optional<ModerationStore.StoredRoom>> findStored(StreamKey key) {
        if (unknownRooms.getIfPresent(key) != null) {
            return Uni.createFrom().item(Optional.empty());
        }
        return Timeouts.failAfter(LOAD_TIMEOUT, store.find(key))
                .onFailure()
                .transform(e -> {
                    LOG.debugf("Chat room not loaded: room=%s reason=%s", key, e.getMessage());
                    return new DoramiException(ErrorCode.BUSY, "Room settings temporarily unavailable; retry in 1 s");
                })
                .invoke(stored -> {
                    if (stored.isEmpty()) {
                        unknownRooms.put(key, true);
                    }
                });
    }

    private Uni<RoomLoadResult> putNewIntoRedis(StreamKey key, SequentialRequests requests) {
        return requests.send(Request.cmd(Command.HGET)
                        .arg(RedisKeys.unsavedChatRooms(key.partition()))
                        .arg(key.value()))
                .chain(ownerId -> {
                    if (ownerId == null && config.knownRoomsOnly() && !key.equals(GLOBAL_RULES)) {
                        return Uni.createFrom().item(RoomLoadResult.UNKNOWN);
                    }
                    ChatRoom room = newRoom(ownerId == null ? "" : ownerId.toString());
                    return putIntoRedis(key, new ModerationStore.StoredRoom(room, List.of()), requests);
                });
    }

    private Uni<RoomLoadResult> putIntoRedis(
            StreamKey key, ModerationStore.StoredRoom stored, SequentialRequests requests) {
        List<ModerationStore.Restriction> banned =
                stored.restrictions().stream().filter(r -> r.until() == null).toList();
        List<String> arguments = new ArrayList<>(List.of(
                String.valueOf(stored.room().version()),
                Json.write(stored.room()),
                ttlSeconds,
                String.valueOf(banned.size())));
        banned.forEach(restriction -> arguments.add(restriction.userId()));
        stored.restrictions().forEach(restriction -> {
            if (restriction.until() != null) {
                arguments.add(restriction.userId());
                arguments.add(String.valueOf(restriction.until().toEpochMilli()));
            }
        });
        return LOAD_SCRIPT
                .run(requests, scriptKeys(key), arguments)
                .map(loaded -> loaded.toInteger() == 1 ? RoomLoadResult.LOADED : RoomLoadResult.OUTDATED);
    }

    /** Writes registered rooms to PostgreSQL, outside the path of messages. */
    private Uni<Void> saveNewRooms() {
        return redis.batch(Partition.all().stream()
                        .map(partition -> Request.cmd(Command.HGETALL).arg(RedisKeys.unsavedChatRooms(partition)))
                        .toList())
                .chain(responses -> Multi.createFrom()
                        .iterable(responses)
                        .onItem()
                        .transformToIterable(ChatRoomCache::hashEntries)
                        .onItem()
                        .transformToUniAndConcatenate(this::saveNewRoom)
                        .onItem()
                        .ignoreAsUni());
    }

    private Uni<Void> saveNewRoom(Map.Entry<String, String> ownerByKey) {
        StreamKey key = new StreamKey(ownerByKey.getKey());
        return store.insertIfAbsent(key, newRoom(ownerByKey.getValue()))
                .chain(() -> redis.send(Request.cmd(Command.HDEL)
                        .arg(RedisKeys.unsavedChatRooms(key.partition()))
                        .arg(key.value())))
                .replaceWithVoid();
    }

    private static List<Map.Entry<String, String>> hashEntries(@Nullable Response hash) {
        if (hash == null) {
            return List.of();
        }
        return hash.getKeys().stream()
                .map(field -> Map.entry(field, hash.get(field).toString()))
                .toList();
    }

    private Uni<Void> refreshGlobalBannedWords() {
        return redis.send(Request.cmd(Command.HGET)
                        .arg(RedisKeys.chatRoom(GLOBAL_RULES))
                        .arg("version"))
                .chain(version -> {
                    ChatRoom cached = cachedRooms.getIfPresent(GLOBAL_RULES);
                    if (version != null && cached != null && version.toLong() == cached.version()) {
                        return Uni.createFrom().item(Optional.of(cached));
                    }
                    return fetch(GLOBAL_RULES, bus.newSequentialRequests());
                })
                .invoke(room -> room.ifPresent(
                        globalRules -> globalBannedWords = globalRules.policy().words()))
                .replaceWithVoid();
    }

    private static List<String> scriptKeys(StreamKey key) {
        return List.of(
                RedisKeys.chatRoom(key),
                RedisKeys.chatRoomMinVersion(key),
                RedisKeys.chatBannedUsers(key),
                RedisKeys.chatMutedUsers(key));
    }

    private static ChatRoom newRoom(String ownerId) {
        return new ChatRoom(0, ownerId, ChatPolicy.UNRESTRICTED);
    }

    /** Creates the cache of keys for which PostgreSQL has no room. The values have no meaning. */
    static Cache<StreamKey, Boolean> newUnknownRoomCache(Ticker ticker) {
        return newCacheBuilder(MAX_UNKNOWN_ROOMS)
                .expireAfterWrite(UNKNOWN_ROOM_TTL)
                .ticker(ticker)
                .build();
    }

    /** Evicts on the calling thread, because the default starts a thread pool for it. */
    private static Caffeine<Object, Object> newCacheBuilder(int maxSize) {
        return Caffeine.newBuilder().maximumSize(maxSize).executor(Runnable::run);
    }
}
