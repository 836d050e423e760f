package io.dorami.service.messaging;

import io.dorami.contracts.keys.Partition;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.ServiceName;
import io.dorami.service.runtime.Timeouts;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.vertx.UniHelper;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The commands behind an {@link Inbox}, on a connection of their own, for a read holds it for as long as nothing comes. What
 * does not change from one read to the next is made once: at 500 messages/s there is a read for each.
 */
final class InboxReader {

    /** One name for whoever owns the partition: a new owner finds what the last one had read and not finished. */
    private static final String OWNER = "owner";

    /** What waited when the partition was taken over, before anything new. */
    private static final String PENDING = "0";

    private static final String NEW = ">";

    /** A read that is not answered this long after it should have been has lost its connection. */
    private static final Duration LOST = Duration.ofSeconds(5);

    /**
     * What was handled is taken away with a read, and not with each of them, for that is two commands more: at most two of
     * these later. At 2,000 messages/s up to 80 of them are handled twice if this replica dies or gives its partitions away.
     */
    private static final Duration TAKE_AWAY = Duration.ofMillis(20);

    private final Redis redis;
    private final ServiceName service;
    private final int batch;
    private final Duration block;
    private final Map<String, Partition> byName = new HashMap<>();
    private final Set<Partition> ungrouped = new HashSet<>(Partition.all());
    private final Map<Partition, Queue<String>> handled = new ConcurrentHashMap<>();
    private long tookAwayAt = System.nanoTime() - TAKE_AWAY.toNanos();
    private Reading last = new Reading(List.of(), Set.of(), Duration.ZERO, Request.cmd(Command.XREADGROUP));

    private @Nullable Future<RedisConnection> connection;

    /**
     * Reads nothing yet.
     *
     * @param batch entries of one partition in one read, at most
     * @param block how long a read waits for something new
     */
    InboxReader(Redis redis, ServiceName service, int batch, Duration block) {
        this.redis = redis;
        this.service = service;
        this.batch = batch;
        this.block = block;
        Partition.all().forEach(partition -> byName.put(RedisKeys.inbox(service, partition), partition));
    }

    /** What one partition had, in order. */
    record Batch(Partition partition, List<Entry> entries) {}

    /** A message with its id; without it where it was taken away while it was pending. */
    record Entry(String id, @Nullable String json) {}

    private record Reading(List<Partition> owned, Set<Partition> behind, Duration block, Request request) {}

    /**
     * Reads what is pending in the partitions that are behind, and what is new in the others; answers nothing where nothing
     * came in time. A partition that is behind and has nothing pending answers with an empty batch.
     */
    Uni<List<Batch>> read(List<Partition> owned, Set<Partition> behind) {
        return Collections.disjoint(ungrouped, owned)
                ? readGrouped(owned, behind)
                : createGroups(owned).chain(() -> readGrouped(owned, behind));
    }

    /** The next read, or a later one, takes it away. */
    void handled(Partition partition, String id) {
        handled.computeIfAbsent(partition, any -> new ConcurrentLinkedQueue<>()).add(id);
    }

    /**
     * Where no read follows that would do it; not behind one that waits. What is left is handled again by the next owner.
     */
    Uni<Void> takeAway() {
        return handled.isEmpty()
                ? Uni.createFrom().voidItem()
                : Timeouts.within(LOST, UniHelper.toUni(redis.batch(removals())))
                        .invoke(this::tookAway)
                        .replaceWithVoid();
    }

    private Uni<List<Batch>> readGrouped(List<Partition> owned, Set<Partition> behind) {
        boolean any = !handled.isEmpty();
        // What was not taken away is pending, so it goes before that is read.
        boolean now = any && (System.nanoTime() - tookAwayAt > TAKE_AWAY.toNanos() || !behind.isEmpty());
        List<Request> requests = now ? removals() : new ArrayList<>(1);
        Duration wait = any && !now ? TAKE_AWAY : block;
        requests.add(request(owned, behind, wait));
        return send(requests, wait).map(answers -> {
            if (now) {
                tookAway();
            }
            return batches(answers.getLast());
        });
    }

    /** The same as the last one, nearly always. */
    private Request request(List<Partition> owned, Set<Partition> behind, Duration wait) {
        if (!(wait.equals(last.block) && owned.equals(last.owned) && behind.equals(last.behind))) {
            Request request = Request.cmd(Command.XREADGROUP)
                    .arg("GROUP")
                    .arg(service.label())
                    .arg(OWNER)
                    .arg("COUNT")
                    .arg(batch)
                    .arg("BLOCK")
                    .arg(wait.toMillis())
                    .arg("STREAMS");
            owned.forEach(partition -> request.arg(RedisKeys.inbox(service, partition)));
            owned.forEach(partition -> request.arg(behind.contains(partition) ? PENDING : NEW));
            last = new Reading(owned, Set.copyOf(behind), wait, request);
        }
        return last.request;
    }

    private List<Request> removals() {
        List<Request> requests = new ArrayList<>();
        handled.forEach((partition, ids) -> {
            String inbox = RedisKeys.inbox(service, partition);
            Request acknowledge = Request.cmd(Command.XACK).arg(inbox).arg(service.label());
            Request delete = Request.cmd(Command.XDEL).arg(inbox);
            ids.forEach(id -> {
                acknowledge.arg(id);
                delete.arg(id);
            });
            requests.add(acknowledge);
            requests.add(delete);
        });
        return requests;
    }

    private void tookAway() {
        handled.clear();
        tookAwayAt = System.nanoTime();
    }

    private List<Batch> batches(@Nullable Response response) {
        List<Batch> batches = new ArrayList<>();
        if (response != null) {
            if (response.getKeys().isEmpty()) { // RESP2: pairs
                response.forEach(stream -> batches.add(batch(stream.get(0).toString(), stream.get(1))));
            } else { // RESP3: a map
                response.getKeys().forEach(name -> batches.add(batch(name, response.get(name))));
            }
        }
        return batches;
    }

    private Batch batch(String name, Response entries) {
        Partition partition = byName.get(name);
        if (partition == null) {
            throw new IllegalStateException("Nobody asked for " + name);
        }
        List<Entry> list = new ArrayList<>(entries.size());
        for (Response entry : entries) {
            Response fields = entry.get(1);
            list.add(new Entry(
                    entry.get(0).toString(),
                    fields == null ? null : fields.get(1).toString()));
        }
        return new Batch(partition, list);
    }

    private Uni<Void> createGroups(List<Partition> partitions) {
        return Multi.createFrom()
                .iterable(partitions)
                .filter(ungrouped::contains)
                .onItem()
                .transformToUniAndConcatenate(partition -> send(
                                List.of(Request.cmd(Command.XGROUP)
                                        .arg("CREATE")
                                        .arg(RedisKeys.inbox(service, partition))
                                        .arg(service.label())
                                        .arg("0")
                                        .arg("MKSTREAM")),
                                Duration.ZERO)
                        .onFailure(e -> String.valueOf(e.getMessage()).contains("BUSYGROUP"))
                        .recoverWithNull()
                        .invoke(() -> ungrouped.remove(partition)))
                .onItem()
                .ignoreAsUni();
    }

    /** Fails with an answer of Redis, or because there is none; the next requests go over another connection then. */
    private Uni<List<Response>> send(List<Request> requests, Duration wait) {
        Future<RedisConnection> made = connection();
        return made.succeeded()
                ? send(made.result(), requests, wait)
                : Timeouts.within(LOST, UniHelper.toUni(made)).chain(now -> send(now, requests, wait));
    }

    private Uni<List<Response>> send(RedisConnection over, List<Request> requests, Duration wait) {
        return Timeouts.within(LOST.plus(wait), UniHelper.toUni(over.batch(requests)))
                .onFailure()
                .invoke(e -> failed(over, e));
    }

    /** One at a time: an attempt that takes longer than somebody waits for it is the next one's. */
    private Future<RedisConnection> connection() {
        if (connection == null || connection.failed()) {
            connection = redis.connect();
        }
        return connection;
    }

    /** That a connection broke looks like an answer of Redis, too. */
    private void failed(RedisConnection over, Throwable e) {
        String message = String.valueOf(e.getMessage());
        if (message.contains("NOGROUP")) {
            ungrouped.addAll(Partition.all()); // Redis came back without its data
        } else if (!message.contains("BUSYGROUP")) {
            connection = null;
            if (!(e instanceof TimeoutException)) {
                over.close(); // to the pool; one with an answer to come may not go there
            }
        }
    }
}
