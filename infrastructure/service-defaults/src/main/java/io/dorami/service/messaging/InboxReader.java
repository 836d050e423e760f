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
 * The Redis commands of an {@link Inbox}, on a connection of their own, because a read blocks the connection until a
 * message arrives. A request is reused if it does not change from one read to the next: at 500 messages/s each message
 * has a read.
 */
final class InboxReader {

    /** The consumer name of every owner, so that a new owner finds the unfinished messages of the last owner. */
    private static final String CONSUMER = "owner";

    /** Start id for pending messages, which are read before new ones. */
    private static final String PENDING = "0";

    /** Start id for new messages. */
    private static final String NEW = ">";

    /** Maximum delay of a reply before the connection counts as lost. */
    private static final Duration REPLY_TIMEOUT = Duration.ofSeconds(5);

    /**
     * Interval of acknowledgements. Handled messages are acknowledged together with a read but not with every read,
     * because that costs two more commands; an acknowledgement follows at most two intervals later. At 2,000 messages/s
     * up to 80 messages are handled twice if this replica dies or releases its partitions.
     */
    private static final Duration ACKNOWLEDGE_INTERVAL = Duration.ofMillis(20);

    private final Redis redis;
    private final ServiceName service;
    private final int batchSize;
    private final Duration blockTime;
    private final Map<String, Partition> partitionByInbox = new HashMap<>();
    private final Set<Partition> withoutGroup = new HashSet<>(Partition.all());
    private final Map<Partition, Queue<String>> handled = new ConcurrentHashMap<>();
    private long acknowledgedAt = System.nanoTime() - ACKNOWLEDGE_INTERVAL.toNanos();
    private ReadRequest last = new ReadRequest(List.of(), Set.of(), Duration.ZERO, Request.cmd(Command.XREADGROUP));

    private @Nullable Future<RedisConnection> connection;

    /**
     * Creates the reader without connecting.
     *
     * @param batchSize maximum entries of one partition in one read
     * @param blockTime maximum wait of a read for new messages
     */
    InboxReader(Redis redis, ServiceName service, int batchSize, Duration blockTime) {
        this.redis = redis;
        this.service = service;
        this.batchSize = batchSize;
        this.blockTime = blockTime;
        Partition.all().forEach(partition -> partitionByInbox.put(RedisKeys.inbox(service, partition), partition));
    }

    /** The entries of one partition, in order. */
    record Batch(Partition partition, List<Entry> entries) {}

    /** A message with its id; the JSON is null if the message was deleted while it was pending. */
    record Entry(String id, @Nullable String json) {}

    private record ReadRequest(
            List<Partition> owned, Set<Partition> maybePending, Duration blockTime, Request request) {}

    /**
     * Reads the pending messages of the partitions in {@code maybePending} and new messages of the others. The result
     * is empty if no message arrives in time. A partition of {@code maybePending} without pending messages has an empty
     * batch.
     */
    Uni<List<Batch>> read(List<Partition> owned, Set<Partition> maybePending) {
        return Collections.disjoint(withoutGroup, owned)
                ? readGrouped(owned, maybePending)
                : createGroups(owned).chain(() -> readGrouped(owned, maybePending));
    }

    /** Marks a message as handled. A later read acknowledges and deletes it. */
    void markHandled(Partition partition, String id) {
        handled.computeIfAbsent(partition, any -> new ConcurrentLinkedQueue<>()).add(id);
    }

    /**
     * Acknowledges and deletes the handled messages at once, for times without a read. Uses a pooled connection, so that
     * a blocked read does not delay it. Messages that are not acknowledged are handled again by the next owner.
     */
    Uni<Void> acknowledge() {
        return handled.isEmpty()
                ? Uni.createFrom().voidItem()
                : Timeouts.failAfter(REPLY_TIMEOUT, UniHelper.toUni(redis.batch(acknowledgements())))
                        .invoke(this::clearHandled)
                        .replaceWithVoid();
    }

    private Uni<List<Batch>> readGrouped(List<Partition> owned, Set<Partition> maybePending) {
        boolean anyHandled = !handled.isEmpty();
        // Unacknowledged messages are pending, so they must be acknowledged before pending messages are read.
        boolean acknowledge = anyHandled
                && (System.nanoTime() - acknowledgedAt > ACKNOWLEDGE_INTERVAL.toNanos() || !maybePending.isEmpty());
        List<Request> requests = acknowledge ? acknowledgements() : new ArrayList<>(1);
        Duration wait = anyHandled && !acknowledge ? ACKNOWLEDGE_INTERVAL : blockTime;
        requests.add(request(owned, maybePending, wait));
        return send(requests, wait).map(responses -> {
            if (acknowledge) {
                clearHandled();
            }
            return batches(responses.getLast());
        });
    }

    /** Creates the read request, or reuses the last one, which is nearly always the same. */
    private Request request(List<Partition> owned, Set<Partition> maybePending, Duration wait) {
        if (!(wait.equals(last.blockTime) && owned.equals(last.owned) && maybePending.equals(last.maybePending))) {
            Request request = Request.cmd(Command.XREADGROUP)
                    .arg("GROUP")
                    .arg(service.label())
                    .arg(CONSUMER)
                    .arg("COUNT")
                    .arg(batchSize)
                    .arg("BLOCK")
                    .arg(wait.toMillis())
                    .arg("STREAMS");
            owned.forEach(partition -> request.arg(RedisKeys.inbox(service, partition)));
            owned.forEach(partition -> request.arg(maybePending.contains(partition) ? PENDING : NEW));
            last = new ReadRequest(owned, Set.copyOf(maybePending), wait, request);
        }
        return last.request;
    }

    private List<Request> acknowledgements() {
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

    private void clearHandled() {
        handled.clear();
        acknowledgedAt = System.nanoTime();
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
        Partition partition = partitionByInbox.get(name);
        if (partition == null) {
            throw new IllegalStateException("Redis returned an inbox that was not requested: " + name);
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
                .filter(withoutGroup::contains)
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
                        .invoke(() -> withoutGroup.remove(partition)))
                .onItem()
                .ignoreAsUni();
    }

    /** Fails with an error of Redis or with a timeout; the next requests then use another connection. */
    private Uni<List<Response>> send(List<Request> requests, Duration wait) {
        Future<RedisConnection> connected = connection();
        return connected.succeeded()
                ? send(connected.result(), requests, wait)
                : Timeouts.failAfter(REPLY_TIMEOUT, UniHelper.toUni(connected))
                        .chain(opened -> send(opened, requests, wait));
    }

    private Uni<List<Response>> send(RedisConnection used, List<Request> requests, Duration wait) {
        return Timeouts.failAfter(REPLY_TIMEOUT.plus(wait), UniHelper.toUni(used.batch(requests)))
                .onFailure()
                .invoke(e -> onSendFailed(used, e));
    }

    /** Opens one connection at a time. A connection that opens after its caller's timeout serves the next caller. */
    private Future<RedisConnection> connection() {
        if (connection == null || connection.failed()) {
            connection = redis.connect();
        }
        return connection;
    }

    /** Handles a failure. A broken connection is reported in the same way as an error of Redis. */
    private void onSendFailed(RedisConnection used, Throwable e) {
        String message = String.valueOf(e.getMessage());
        if (message.contains("NOGROUP")) {
            withoutGroup.addAll(Partition.all()); // Redis restarted without its data
        } else if (!message.contains("BUSYGROUP")) {
            connection = null;
            if (!(e instanceof TimeoutException)) {
                used.close(); // returns it to the pool, which is not allowed while a reply is outstanding
            }
        }
    }
}
