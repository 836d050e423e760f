package io.dorami.chat.commands;

import io.dorami.chat.db.ModerationStore;
import io.dorami.contracts.Json;
import io.dorami.contracts.commands.StreamLifecycle.StaffChanged;
import io.dorami.contracts.keys.Partition;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.service.redis.SequentialRequests;
import io.dorami.service.runtime.PeriodicTask;
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
import java.util.List;
import java.util.stream.StreamSupport;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Stores changes of a room's staff. The inbox only puts a change into Redis, because messages of the room must not wait
 * for PostgreSQL. A change is then written at once, and again at each interval until PostgreSQL has it.
 */
@ApplicationScoped
class StaffChanges {

    /** Interval at which changes are written that PostgreSQL did not accept at once. */
    private static final Duration RETRY_INTERVAL = Duration.ofSeconds(2);

    private static final Logger LOG = Logger.getLogger(StaffChanges.class);

    private final Redis redis;
    private final ModerationStore store;

    StaffChanges(Redis redis, ModerationStore store) {
        this.redis = redis;
        this.store = store;
    }

    void start(@Observes StartupEvent event) {
        PeriodicTask.start("save staff changes", RETRY_INTERVAL, this::saveAll);
    }

    /** Accepts a change, which applies a few milliseconds later. */
    Uni<Void> accept(StaffChanged event, SequentialRequests requests) {
        return requests.send(Request.cmd(Command.HSET)
                        .arg(RedisKeys.unsavedStaffChanges(event.stream().partition()))
                        .arg(field(event))
                        .arg(Json.write(event)))
                .invoke(() -> save(event)
                        .subscribe()
                        .with(
                                done -> {},
                                e -> LOG.debugf(
                                        "Staff not stored, retried: stream=%s reason=%s",
                                        event.stream(), e.getMessage())))
                .replaceWithVoid();
    }

    private Uni<Void> saveAll() {
        return redis.batch(Partition.all().stream()
                        .map(partition -> Request.cmd(Command.HVALS).arg(RedisKeys.unsavedStaffChanges(partition)))
                        .toList())
                .chain(responses -> Multi.createFrom()
                        .iterable(responses)
                        .onItem()
                        .transformToIterable(StaffChanges::events)
                        .onItem()
                        .transformToUniAndConcatenate(this::save)
                        .onItem()
                        .ignoreAsUni());
    }

    private static List<StaffChanged> events(@Nullable Response values) {
        return values == null
                ? List.of()
                : StreamSupport.stream(values.spliterator(), false)
                        .map(value -> Json.read(value.toString(), StaffChanged.class))
                        .toList();
    }

    private Uni<Void> save(StaffChanged event) {
        return store.saveStaff(event)
                .chain(() -> redis.send(Request.cmd(Command.HDEL)
                        .arg(RedisKeys.unsavedStaffChanges(event.stream().partition()))
                        .arg(field(event))))
                .replaceWithVoid();
    }

    /** Each change has a field of its own, so that a repeated older message does not replace a newer one. */
    private static String field(StaffChanged event) {
        return event.stream() + " " + event.staff().version();
    }
}
