package io.dorami.chat.redis;

import io.dorami.chat.ChatConfig;
import io.dorami.chat.db.ModerationStore;
import io.dorami.contracts.Json;
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
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What each chat room is. PostgreSQL has the truth, Redis what every replica decides by, and this process a copy that is
 * checked by its version each time it is used (chat-post.lua): so no message costs a read of the database, and a change
 * holds from the moment Redis has it. A room that Redis has lost is loaded when it is next needed.
 */
@ApplicationScoped
public class ChatRoomCache {

    /** Stands for every room: its words may not be said anywhere. Nobody chats in it. */
    public static final StreamKey GLOBAL_RULES = new StreamKey("all");

    /** Rooms in memory; at about 300 bytes as a rule, and 30 KB with all words, 1 MB to 100 MB. */
    private static final int COPIES = 3_000;

    /** While PostgreSQL hangs, messages of all rooms wait for a room that must be loaded. */
    private static final Duration LOAD_PATIENCE = Duration.ofSeconds(1);

    /** How often a room may change while it is loaded before that is given up. */
    private static final int LOAD_ATTEMPTS = 3;

    /** What was registered is written to PostgreSQL within this. */
    private static final Duration SAVE = Duration.ofSeconds(2);

    /** PostgreSQL is asked once for a room that it does not know; registering puts it into Redis. */
    private static final Duration UNKNOWN = Duration.ofSeconds(10);

    private static final RedisScript REGISTER = RedisScript.load("chat-register");
    private static final RedisScript LOAD = RedisScript.load("chat-load");
    private static final RedisScript CHANGE = RedisScript.load("chat-change");
    private static final Logger LOG = Logger.getLogger(ChatRoomCache.class);

    private final Redis redis;
    private final EventBus bus;
    private final ModerationStore store;
    private final ChatConfig config;
    private final String secondsToLive;
    private final Map<StreamKey, ChatRoom> copies = bounded(COPIES);
    private final Map<StreamKey, Long> unknownUntil = bounded(COPIES);
    private final Map<StreamKey, Uni<Optional<ChatRoom>>> underWay = new ConcurrentHashMap<>();
    private volatile List<String> wordsEverywhere = List.of();

    ChatRoomCache(Redis redis, EventBus bus, ModerationStore store, ChatConfig config, DoramiConfig dorami) {
        this.redis = redis;
        this.bus = bus;
        this.store = store;
        this.config = config;
        // Longer than the log, so that nobody who is banned comes back to what was said.
        this.secondsToLive = String.valueOf(dorami.logTime().multipliedBy(2).toSeconds());
    }

    void start(@Observes StartupEvent event) {
        PeriodicTask.repeat("saving chat rooms", SAVE, this::save);
        PeriodicTask.repeat("words of all chat rooms", config.wordsPoll(), this::readWords);
    }

    /** How long Redis keeps a room after its last message, in seconds: twice as long as its log. */
    String secondsToLive() {
        return secondsToLive;
    }

    /** Words that may not be said in any room. */
    public List<String> wordsEverywhere() {
        return wordsEverywhere;
    }

    /** The room as this process last saw it. Fails with BUSY where neither Redis nor PostgreSQL says what it is. */
    public Uni<Optional<ChatRoom>> get(StreamKey key, SequentialRequests lane) {
        ChatRoom copy = copies.get(key);
        return copy == null ? fetch(key, lane) : Uni.createFrom().item(Optional.of(copy));
    }

    /** The room as Redis has it now, or PostgreSQL where Redis does not. Those who ask at once get one answer, in order. */
    public Uni<Optional<ChatRoom>> fetch(StreamKey key, SequentialRequests lane) {
        return Uni.createFrom()
                .deferred(() -> underWay.computeIfAbsent(
                        key,
                        k -> readOrLoad(key, lane, LOAD_ATTEMPTS)
                                .invoke(room ->
                                        room.ifPresentOrElse(known -> copies.put(key, known), () -> copies.remove(key)))
                                .onTermination()
                                .invoke(() -> underWay.remove(key))
                                .memoize()
                                .indefinitely()));
    }

    /** A stream exists: it has a chat from now on. */
    public Uni<Void> register(StreamLifecycle event, SequentialRequests lane) {
        StreamKey key = event.stream();
        // Whoever registers is the first to speak of a stream; later PostgreSQL may have the room, with all its rules.
        String state = event instanceof StreamLifecycle.StreamRegistered ? Json.write(fresh(event.ownerId())) : "";
        return REGISTER.run(
                        lane,
                        List.of(
                                RedisKeys.chatRoom(key),
                                RedisKeys.newChatRooms(key.partition()),
                                RedisKeys.chatFloor(key)),
                        List.of(key.value(), event.ownerId(), secondsToLive, state))
                .replaceWithVoid();
    }

    /** Redis knows from then on what a moderator changed. */
    public Uni<Void> change(ModerateChat change, SequentialRequests lane) {
        ChatRoom state = change.state();
        List<String> user = switch (change.what()) {
            case ChatModeration.Ban ban -> List.of(ban.userId(), "ban", "");
            case ChatModeration.TimeOut out ->
                List.of(out.userId(), "mute", String.valueOf(out.until().toEpochMilli()));
            case ChatModeration.Unban unban -> List.of(unban.userId(), "free", "");
            case ChatModeration.DeleteMessage e -> List.of("", "", "");
            case ChatModeration.DeleteAll e -> List.of("", "", "");
            case ChatModeration.Pin e -> List.of("", "", "");
            case ChatModeration.Unpin e -> List.of("", "", "");
            case ChatModeration.ChangePolicy e -> List.of("", "", "");
        };
        List<String> arguments =
                new ArrayList<>(List.of(String.valueOf(state.version()), Json.write(state), secondsToLive));
        arguments.addAll(user);
        return CHANGE.run(lane, keys(change.stream()), arguments)
                .invoke(() -> copies.remove(change.stream()))
                .replaceWithVoid();
    }

    private Uni<Optional<ChatRoom>> readOrLoad(StreamKey key, SequentialRequests lane, int attempts) {
        return read(key, lane).chain(room -> {
            if (room != null) {
                return Uni.createFrom().item(Optional.of(room));
            }
            return stored(key)
                    .chain(stored -> stored.isPresent() ? put(key, stored.get(), lane) : putNew(key, lane))
                    .chain(put -> switch (put) {
                        case HERE -> read(key, lane).map(Optional::ofNullable);
                        case UNKNOWN -> Uni.createFrom().item(Optional.empty());
                        case OUTDATED -> {
                            if (attempts == 1) {
                                throw new DoramiException(ErrorCode.BUSY, "The room changes; try again in a second");
                            }
                            yield readOrLoad(key, lane, attempts - 1);
                        }
                    });
        });
    }

    private enum UpdateResult {
        HERE,
        OUTDATED,
        UNKNOWN
    }

    private static Uni<@Nullable ChatRoom> read(StreamKey key, SequentialRequests lane) {
        return lane.send(Request.cmd(Command.HGET).arg(RedisKeys.chatRoom(key)).arg("state"))
                .map(state -> state == null ? null : Json.read(state.toString(), ChatRoom.class));
    }

    private Uni<Optional<ModerationStore.StoredRoom>> stored(StreamKey key) {
        Long until = unknownUntil.get(key);
        if (until != null && until - System.nanoTime() > 0) {
            return Uni.createFrom().item(Optional.empty());
        }
        return Timeouts.within(LOAD_PATIENCE, store.find(key))
                .onFailure()
                .transform(e -> {
                    LOG.debugf("a room cannot be loaded: %s", e.getMessage());
                    return new DoramiException(ErrorCode.BUSY, "The room's rules are not known; try again in a second");
                })
                .invoke(stored -> {
                    if (stored.isEmpty()) {
                        unknownUntil.put(key, System.nanoTime() + UNKNOWN.toNanos());
                    }
                });
    }

    private Uni<UpdateResult> putNew(StreamKey key, SequentialRequests lane) {
        return lane.send(Request.cmd(Command.HGET)
                        .arg(RedisKeys.newChatRooms(key.partition()))
                        .arg(key.value()))
                .chain(owner -> {
                    if (owner == null && config.knownRoomsOnly() && !key.equals(GLOBAL_RULES)) {
                        return Uni.createFrom().item(UpdateResult.UNKNOWN);
                    }
                    ChatRoom room = fresh(owner == null ? "" : owner.toString());
                    return put(key, new ModerationStore.StoredRoom(room, List.of()), lane);
                });
    }

    private Uni<UpdateResult> put(StreamKey key, ModerationStore.StoredRoom stored, SequentialRequests lane) {
        List<ModerationStore.Restriction> banned =
                stored.restrictions().stream().filter(r -> r.until() == null).toList();
        List<String> arguments = new ArrayList<>(List.of(
                String.valueOf(stored.room().version()),
                Json.write(stored.room()),
                secondsToLive,
                String.valueOf(banned.size())));
        banned.forEach(restriction -> arguments.add(restriction.userId()));
        stored.restrictions().forEach(restriction -> {
            if (restriction.until() != null) {
                arguments.add(restriction.userId());
                arguments.add(String.valueOf(restriction.until().toEpochMilli()));
            }
        });
        return LOAD.run(lane, keys(key), arguments)
                .map(here -> here.toInteger() == 1 ? UpdateResult.HERE : UpdateResult.OUTDATED);
    }

    /** Writes to PostgreSQL what was registered; chat does not wait for it. */
    private Uni<Void> save() {
        return redis.batch(Partition.all().stream()
                        .map(partition -> Request.cmd(Command.HGETALL).arg(RedisKeys.newChatRooms(partition)))
                        .toList())
                .chain(answers -> Multi.createFrom()
                        .iterable(answers)
                        .onItem()
                        .transformToIterable(ChatRoomCache::pairs)
                        .onItem()
                        .transformToUniAndConcatenate(this::save)
                        .onItem()
                        .ignoreAsUni());
    }

    private Uni<Void> save(Map.Entry<String, String> room) {
        StreamKey key = new StreamKey(room.getKey());
        return store.register(key, fresh(room.getValue()))
                .chain(() -> redis.send(Request.cmd(Command.HDEL)
                        .arg(RedisKeys.newChatRooms(key.partition()))
                        .arg(key.value())))
                .replaceWithVoid();
    }

    private static List<Map.Entry<String, String>> pairs(@Nullable Response hash) {
        if (hash == null) {
            return List.of();
        }
        return hash.getKeys().stream()
                .map(field -> Map.entry(field, hash.get(field).toString()))
                .toList();
    }

    private Uni<Void> readWords() {
        return redis.send(Request.cmd(Command.HGET)
                        .arg(RedisKeys.chatRoom(GLOBAL_RULES))
                        .arg("version"))
                .chain(version -> {
                    ChatRoom copy = copies.get(GLOBAL_RULES);
                    if (version != null && copy != null && version.toLong() == copy.version()) {
                        return Uni.createFrom().item(Optional.of(copy));
                    }
                    return fetch(GLOBAL_RULES, bus.lane());
                })
                .invoke(room ->
                        room.ifPresent(all -> wordsEverywhere = all.policy().words()))
                .replaceWithVoid();
    }

    private static List<String> keys(StreamKey key) {
        return List.of(
                RedisKeys.chatRoom(key), RedisKeys.chatFloor(key), RedisKeys.chatBanned(key), RedisKeys.chatMuted(key));
    }

    private static ChatRoom fresh(String owner) {
        return new ChatRoom(0, owner, ChatPolicy.OPEN, null);
    }

    /** Forgets what was not used for longest. */
    private static <K, V> Map<K, V> bounded(int size) {
        return Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > size;
            }
        });
    }
}
