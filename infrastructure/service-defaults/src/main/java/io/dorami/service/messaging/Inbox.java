package io.dorami.service.messaging;

import io.dorami.contracts.Json;
import io.dorami.contracts.commands.InboxAddress;
import io.dorami.contracts.commands.InboxMessage;
import io.dorami.contracts.keys.Partition;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.service.messaging.InboxReader.Batch;
import io.dorami.service.messaging.InboxReader.Entry;
import io.dorami.service.redis.SequentialRedisConnection;
import io.dorami.service.redis.SequentialRequests;
import io.dorami.service.runtime.PeriodicTask;
import io.dorami.service.runtime.TransientFailures;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Consumes a service's messages, in order within each partition that this replica owns. A message is acknowledged only
 * after it was handled; messages that a dead owner did not finish are handled again by the next owner. A message that is
 * unreadable or belongs in another inbox moves to the dead letters.
 */
public final class Inbox<M extends InboxMessage> {

    /** Maximum wait of a read for new messages, and therefore until a newly acquired partition is read. */
    private static final Duration BLOCK_TIME = Duration.ofMillis(500);

    /** Messages of a sequential batch. At 500 messages/s on one partition, 0.25 s of work between two lease checks. */
    private static final int BATCH_SIZE = 128;

    /**
     * Messages of a pipelined batch, which start at once. 16 partitions with two commands per message have 1,024
     * commands in flight, half of the limit of a Redis client connection.
     */
    private static final int PIPELINED_BATCH_SIZE = 32;

    /**
     * Minimum time between two reads at a high message rate. Messages that arrive within it are handled together and
     * share round trips to Redis. At a low rate there is nothing to share, and the wait would only cost a timer.
     */
    private static final Duration MIN_READ_INTERVAL = Duration.ofMillis(3);

    /** Message interval below which the rate is high: 1,000 messages/s since the last read. */
    private static final Duration HIGH_RATE_INTERVAL = Duration.ofMillis(1);

    /** Dead letters that are kept for a person to examine: 1,000 of about 500 bytes. */
    private static final int MAX_DEAD_LETTERS = 1_000;

    /**
     * Interval of pending checks. A message can be delivered to a reader that has just lost the partition and drops it;
     * the owner then finds the message among the pending ones.
     */
    private static final Duration PENDING_CHECK_INTERVAL = Duration.ofSeconds(5);

    private static final Logger LOG = Logger.getLogger(Inbox.class);

    /**
     * Handles a message. Requests to Redis go over the sequential requests; any other work delays all messages that
     * follow.
     */
    @FunctionalInterface
    public interface Handler<M extends InboxMessage> {
        Uni<Void> handle(M message, SequentialRequests requests);
    }

    private final Redis redis;
    private final InboxReader reader;
    private final SequentialRedisConnection connection;
    private final InboxAddress<M> address;
    private final PartitionLeases leases;
    private final Handler<M> handler;
    private final boolean pipelined;
    private final InboxMetrics metrics;
    private final Cancellable readLoop;
    private List<Partition> owned = List.of();

    /** Owned partitions that may have pending messages; usually empty. */
    private final Set<Partition> maybePending = new HashSet<>();

    private long pendingCheckedAt = System.nanoTime();
    private long lastReadAt = System.nanoTime();
    private boolean highRate;

    /**
     * Starts to consume messages one at a time within a partition.
     *
     * @param handler must be idempotent, because a message can be handled twice. After a failure of
     *     {@link TransientFailures} the message stays and is handled again; any other failure is a bug and moves the
     *     message to the dead letters
     */
    Inbox(
            Redis redis,
            InboxAddress<M> address,
            PartitionLeases leases,
            InboxMetrics metrics,
            Function<M, Uni<Void>> handler) {
        this(redis, address, leases, metrics, false, (message, requests) -> handler.apply(message));
    }

    /**
     * Starts to consume messages and handles a message before the preceding ones are finished.
     *
     * @param handler called in order within a partition. Its first sequential requests keep that order, and so do the
     *     requests that it makes on their replies: with the same number of steps for each message the order holds to
     *     the end
     */
    Inbox(Redis redis, InboxAddress<M> address, PartitionLeases leases, InboxMetrics metrics, Handler<M> handler) {
        this(redis, address, leases, metrics, true, handler);
    }

    private Inbox(
            Redis redis,
            InboxAddress<M> address,
            PartitionLeases leases,
            InboxMetrics metrics,
            boolean pipelined,
            Handler<M> handler) {
        this.redis = redis;
        this.reader = new InboxReader(
                redis.getDelegate(), address.service(), pipelined ? PIPELINED_BATCH_SIZE : BATCH_SIZE, BLOCK_TIME);
        this.connection = new SequentialRedisConnection(redis.getDelegate());
        this.address = address;
        this.leases = leases;
        this.metrics = metrics;
        this.pipelined = pipelined;
        this.handler = handler;
        this.readLoop = PeriodicTask.start(serviceLabel() + " inbox", this::readAndHandle);
    }

    /** Stops reading and acknowledges the handled messages. */
    void close() {
        readLoop.cancel();
        reader.acknowledge()
                .subscribe()
                .with(
                        acknowledged -> {},
                        e -> LOG.debugf("Inbox not acknowledged: service=%s reason=%s", serviceLabel(), e));
    }

    private Uni<Void> readAndHandle() {
        List<Partition> current = leases.ownedPartitions();
        if (!current.equals(owned)) {
            current.stream().filter(partition -> !owned.contains(partition)).forEach(maybePending::add);
            maybePending.retainAll(current);
            owned = current;
        }
        if (System.nanoTime() - pendingCheckedAt > PENDING_CHECK_INTERVAL.toNanos()) {
            pendingCheckedAt = System.nanoTime();
            maybePending.addAll(owned);
        }
        if (owned.isEmpty()) {
            return reader.acknowledge().onItem().delayIt().by(BLOCK_TIME);
        }
        return awaitReadInterval()
                .chain(() -> reader.read(owned, maybePending))
                .chain(this::handleAll)
                .onFailure()
                .invoke(() -> maybePending.addAll(owned)); // messages that were read but not finished are pending now
    }

    private Uni<Void> awaitReadInterval() {
        Context context = Vertx.currentContext();
        long wait = highRate ? MIN_READ_INTERVAL.toNanos() - (System.nanoTime() - lastReadAt) : 0;
        return context == null || wait <= 0
                ? Uni.createFrom().voidItem()
                : Uni.createFrom()
                        .emitter(emitter ->
                                context.owner().setTimer(Math.ceilDiv(wait, 1_000_000L), id -> emitter.complete(null)));
    }

    private Uni<Void> handleAll(List<Batch> batches) {
        List<Uni<Void>> tasks = new ArrayList<>();
        int entries = 0;
        for (Batch batch : batches) {
            entries += batch.entries().size();
            if (batch.entries().isEmpty()) {
                maybePending.remove(batch.partition());
            } else if (leases.owns(batch.partition())) {
                tasks.addAll(handle(batch));
            } else {
                maybePending.add(batch.partition());
            }
        }
        long now = System.nanoTime();
        highRate = entries * HIGH_RATE_INTERVAL.toNanos() > now - lastReadAt;
        lastReadAt = now;
        return switch (tasks.size()) {
            case 0 -> Uni.createFrom().voidItem();
            case 1 -> tasks.getFirst();
            // Not Uni.join, which may start a later task while another thread still starts an earlier one.
            default ->
                Multi.createFrom()
                        .iterable(tasks)
                        .onItem()
                        .transformToUni(task -> task)
                        .collectFailures()
                        .merge(tasks.size())
                        .onItem()
                        .ignoreAsUni();
        };
    }

    /** Creates the tasks of a batch that may start at once. */
    private List<Uni<Void>> handle(Batch batch) {
        SequentialRequests requests = connection.newSequentialRequests();
        List<Uni<Void>> tasks = new ArrayList<>(batch.entries().size());
        batch.entries().forEach(entry -> tasks.add(handle(batch.partition(), entry, requests)));
        return pipelined || tasks.size() == 1
                ? tasks
                : List.of(Multi.createFrom()
                        .iterable(tasks)
                        .onItem()
                        .transformToUniAndConcatenate(task -> task)
                        .onItem()
                        .ignoreAsUni());
    }

    private Uni<Void> handle(Partition partition, Entry entry, SequentialRequests requests) {
        String json = entry.json();
        if (json == null) {
            reader.markHandled(partition, entry.id());
            return Uni.createFrom().voidItem();
        }
        return metrics.measure(Uni.createFrom()
                        .deferred(() -> handler.handle(Json.read(json, address.messageType()), requests)))
                .onFailure(e -> !TransientFailures.isTransient(e))
                .recoverWithUni(e -> {
                    LOG.errorf(e, "Message moved to dead letters: service=%s id=%s", serviceLabel(), entry.id());
                    metrics.countDeadLetter();
                    return moveToDeadLetters(partition, json);
                })
                .invoke(() -> reader.markHandled(partition, entry.id()));
    }

    private Uni<Void> moveToDeadLetters(Partition partition, String json) {
        return redis.send(Request.cmd(Command.XADD)
                        .arg(RedisKeys.deadLetters(address.service(), partition))
                        .arg("MAXLEN")
                        .arg(MAX_DEAD_LETTERS)
                        .arg("*")
                        .arg("m")
                        .arg(json))
                .replaceWithVoid();
    }

    private String serviceLabel() {
        return address.service().label();
    }
}
