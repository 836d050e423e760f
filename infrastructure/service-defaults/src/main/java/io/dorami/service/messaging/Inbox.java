package io.dorami.service.messaging;

import io.dorami.contracts.Json;
import io.dorami.contracts.commands.InboxMessage;
import io.dorami.contracts.keys.Partition;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.ServiceName;
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
 * Reads what waits for a service, in order within each partition that this replica owns. A message is taken away only
 * when it has been handled; what a dead owner left half done, the next one handles again.
 */
public final class Inbox {

    /** How long a read waits for something new, and so at most until a partition just taken over is read. */
    private static final Duration BLOCK = Duration.ofMillis(500);

    /** Handled one after the other: at 500 messages/s on one partition, 0.25 s of work between two looks at the lease. */
    private static final int BATCH = 128;

    /**
     * Begun with at once: 16 partitions with two commands each under way are 1,024, half of what a connection of the Redis
     * client takes.
     */
    private static final int BATCH_IN_LANES = 32;

    /**
     * The least time from one read to the next where messages come fast: what comes meanwhile is handled together and shares
     * the ways to Redis that each would pay for alone. Where few come they find nobody to share with, and waiting costs a
     * timer.
     */
    private static final Duration GATHER = Duration.ofMillis(3);

    /** Messages come fast where there are more of them since the last read than this gives: 1,000/s. */
    private static final Duration FAST = Duration.ofMillis(1);

    /** What nobody could handle is kept for a person to look at: 1,000 of about 500 bytes. */
    private static final int DEAD_LETTERS = 1_000;

    /**
     * How often what is pending is looked at again. A message can be given to a reader that has just lost the partition and
     * drops it; the owner finds it then.
     */
    private static final Duration LOOK_BACK = Duration.ofSeconds(5);

    private static final Logger LOG = Logger.getLogger(Inbox.class);

    /** Decides on a message. Its requests to Redis go over the lane; any other work is waited for by all that follows. */
    @FunctionalInterface
    public interface Handler {
        Uni<Void> handle(InboxMessage message, SequentialRequests lane);
    }

    private final Redis redis;
    private final InboxReader reader;
    private final SequentialRedisConnection pipeline;
    private final ServiceName service;
    private final PartitionLeases leases;
    private final Handler handler;
    private final boolean inLanes;
    private final Cancellable reading;
    private List<Partition> owned = List.of();

    /** Those of them in which something may be pending; empty as a rule. */
    private final Set<Partition> behind = new HashSet<>();

    private long lookedBackAt = System.nanoTime();
    private long readAt = System.nanoTime();
    private boolean fast;

    /**
     * Reads from now on.
     *
     * @param handler called one message at a time within a partition; must bear to see a message twice. Where it fails
     *     the message stays and is handled again, as long as it is an {@link TransientFailures}; anything else is a bug and
     *     goes to the dead letters
     */
    public Inbox(Redis redis, ServiceName service, PartitionLeases leases, Function<InboxMessage, Uni<Void>> handler) {
        this(redis, service, leases, false, (message, lane) -> handler.apply(message));
    }

    /**
     * Reads from now on, and begins with a message before those ahead of it are done.
     *
     * @param handler called in order within a partition. The first requests that it makes in its lane are in order too, and
     *     so are those that it makes on the answers to them: as many steps for each message keep the order to the end
     */
    public Inbox(Redis redis, ServiceName service, PartitionLeases leases, Handler handler) {
        this(redis, service, leases, true, handler);
    }

    private Inbox(Redis redis, ServiceName service, PartitionLeases leases, boolean inLanes, Handler handler) {
        this.redis = redis;
        this.reader = new InboxReader(redis.getDelegate(), service, inLanes ? BATCH_IN_LANES : BATCH, BLOCK);
        this.pipeline = new SequentialRedisConnection(redis.getDelegate());
        this.service = service;
        this.leases = leases;
        this.inLanes = inLanes;
        this.handler = handler;
        this.reading = PeriodicTask.repeat(service.label() + " inbox", this::readAndHandle);
    }

    /** Reads no more. */
    public void close() {
        reading.cancel();
        reader.takeAway()
                .subscribe()
                .with(taken -> {}, e -> LOG.debugf("%s handles some again: %s", service.label(), e));
    }

    private Uni<Void> readAndHandle() {
        List<Partition> now = leases.owned();
        if (!now.equals(owned)) {
            now.stream().filter(partition -> !owned.contains(partition)).forEach(behind::add);
            behind.retainAll(now);
            owned = now;
        }
        if (System.nanoTime() - lookedBackAt > LOOK_BACK.toNanos()) {
            lookedBackAt = System.nanoTime();
            behind.addAll(owned);
        }
        if (owned.isEmpty()) {
            return reader.takeAway().onItem().delayIt().by(BLOCK);
        }
        return gather().chain(() -> reader.read(owned, behind))
                .chain(this::handleAll)
                .onFailure()
                .invoke(() -> behind.addAll(owned)); // what was read and not finished is now pending
    }

    private Uni<Void> gather() {
        Context here = Vertx.currentContext();
        long wait = fast ? GATHER.toNanos() - (System.nanoTime() - readAt) : 0;
        return here == null || wait <= 0
                ? Uni.createFrom().voidItem()
                : Uni.createFrom()
                        .emitter(emitter ->
                                here.owner().setTimer(Math.ceilDiv(wait, 1_000_000L), id -> emitter.complete(null)));
    }

    private Uni<Void> handleAll(List<Batch> batches) {
        List<Uni<Void>> works = new ArrayList<>();
        int entries = 0;
        for (Batch batch : batches) {
            entries += batch.entries().size();
            if (batch.entries().isEmpty()) {
                behind.remove(batch.partition());
            } else if (leases.owns(batch.partition())) {
                works.addAll(handle(batch));
            } else {
                behind.add(batch.partition());
            }
        }
        long now = System.nanoTime();
        fast = entries * FAST.toNanos() > now - readAt;
        readAt = now;
        return switch (works.size()) {
            case 0 -> Uni.createFrom().voidItem();
            case 1 -> works.getFirst();
            // Not Uni.join: that may begin with a later one while another thread still begins with an earlier one.
            default ->
                Multi.createFrom()
                        .iterable(works)
                        .onItem()
                        .transformToUni(work -> work)
                        .collectFailures()
                        .merge(works.size())
                        .onItem()
                        .ignoreAsUni();
        };
    }

    /** What may be begun with at once. */
    private List<Uni<Void>> handle(Batch batch) {
        SequentialRequests lane = pipeline.lane();
        List<Uni<Void>> works = new ArrayList<>(batch.entries().size());
        batch.entries().forEach(entry -> works.add(handle(batch.partition(), entry, lane)));
        return inLanes || works.size() == 1
                ? works
                : List.of(Multi.createFrom()
                        .iterable(works)
                        .onItem()
                        .transformToUniAndConcatenate(work -> work)
                        .onItem()
                        .ignoreAsUni());
    }

    private Uni<Void> handle(Partition partition, Entry entry, SequentialRequests lane) {
        String json = entry.json();
        if (json == null) {
            reader.handled(partition, entry.id());
            return Uni.createFrom().voidItem();
        }
        return Uni.createFrom()
                .deferred(() -> handler.handle(Json.read(json, InboxMessage.class), lane))
                .onFailure(e -> !TransientFailures.is(e))
                .recoverWithUni(e -> {
                    LOG.errorf(e, "%s cannot handle %s; kept as a dead letter", service.label(), entry.id());
                    return bury(partition, json);
                })
                .invoke(() -> reader.handled(partition, entry.id()));
    }

    private Uni<Void> bury(Partition partition, String json) {
        return redis.send(Request.cmd(Command.XADD)
                        .arg(RedisKeys.deadLetters(service, partition))
                        .arg("MAXLEN")
                        .arg(DEAD_LETTERS)
                        .arg("*")
                        .arg("m")
                        .arg(json))
                .replaceWithVoid();
    }
}
