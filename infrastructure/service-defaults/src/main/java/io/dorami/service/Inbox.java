package io.dorami.service;

import io.dorami.contracts.InboxMessage;
import io.dorami.contracts.Json;
import io.dorami.contracts.Partition;
import io.dorami.contracts.ServiceName;
import io.dorami.contracts.Topics;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import io.vertx.mutiny.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Reads what waits for a service, in order within each partition that this replica owns. A message is taken away only
 * when it has been handled; what a dead owner left half done, the next one handles again.
 */
public final class Inbox {

    /** One name for whoever owns the partition: a new owner finds what the last one had read and not finished. */
    private static final String OWNER = "owner";

    /** What waited when the partition was taken over, before anything new. */
    private static final String PENDING = "0";

    private static final String NEW = ">";

    /** At 500 messages/s on one partition, 0.25 s of work between two looks at the lease. */
    private static final int BATCH = 128;

    /** How long a read waits for something new, and so at most until a partition just taken over is read. */
    private static final Duration BLOCK = Duration.ofMillis(500);

    /**
     * The least time from one read that brought several messages to the next: what comes meanwhile is handled together and
     * shares the ways to Redis that each would pay for alone. One that comes alone finds nobody to share with.
     */
    private static final Duration GATHER = Duration.ofMillis(3);

    /** A read that is not answered by then has lost its connection. */
    private static final Duration LOST = BLOCK.plusSeconds(5);

    /** What nobody could handle is kept for a person to look at: 1,000 of about 500 bytes. */
    private static final int DEAD_LETTERS = 1_000;

    /**
     * How often what is pending is looked at again. A message can be given to a reader that has just lost the partition and
     * drops it; the owner finds it then.
     */
    private static final Duration LOOK_BACK = Duration.ofSeconds(5);

    private static final Logger LOG = Logger.getLogger(Inbox.class);

    /**
     * Messages of one partition that are under way at once: 16 partitions with two commands each under way are 1,024, half
     * of what a connection of the Redis client takes.
     */
    private static final int UNDER_WAY = 32;

    /** Decides on a message. Its requests to Redis go over the lane; any other work is waited for by all that follows. */
    @FunctionalInterface
    public interface Handler {
        Uni<Void> handle(InboxMessage message, Lane lane);
    }

    private final Redis redis;
    private final Pipeline pipeline;
    private final ServiceName service;
    private final Leases leases;
    private final Handler handler;
    private final int underWay;
    private final Set<Partition> caughtUp = new HashSet<>();
    private final Set<Partition> grouped = new HashSet<>();

    /** Handled and not taken away yet: of one read, for the next one takes it away. */
    private final Map<Partition, Queue<String>> handled = new ConcurrentHashMap<>();

    private final Cancellable reading;
    private long lookedBackAt = System.nanoTime();
    private long severalAt = System.nanoTime() - GATHER.toNanos();

    /**
     * Reads from now on.
     *
     * @param handler called one message at a time within a partition; must bear to see a message twice. Where it fails
     *     the message stays and is handled again, as long as it is an {@link Outage}; anything else is a bug and
     *     goes to the dead letters
     */
    public Inbox(Redis redis, ServiceName service, Leases leases, Function<InboxMessage, Uni<Void>> handler) {
        this(redis, service, leases, 1, (message, lane) -> handler.apply(message));
    }

    /**
     * Reads from now on, and begins with a message before those ahead of it are done.
     *
     * @param handler called in order within a partition. The first requests that it makes in its lane are in order too, and
     *     so are those that it makes on the answers to them: as many steps for each message keep the order to the end
     */
    public Inbox(Redis redis, ServiceName service, Leases leases, Handler handler) {
        this(redis, service, leases, UNDER_WAY, handler);
    }

    private Inbox(Redis redis, ServiceName service, Leases leases, int underWay, Handler handler) {
        this.redis = redis;
        this.pipeline = new Pipeline(redis.getDelegate());
        this.service = service;
        this.leases = leases;
        this.underWay = underWay;
        this.handler = handler;
        this.reading = Background.repeat(service.label() + " inbox", this::readAndHandle);
    }

    /** Reads no more. */
    public void close() {
        reading.cancel();
        takeAway().subscribe().with(taken -> {}, e -> LOG.debugf("%s handles some again: %s", service.label(), e));
    }

    private Uni<Void> readAndHandle() {
        List<Partition> owned = leases.owned();
        caughtUp.retainAll(owned);
        if (System.nanoTime() - lookedBackAt > LOOK_BACK.toNanos()) {
            lookedBackAt = System.nanoTime();
            caughtUp.clear();
        }
        if (owned.isEmpty()) {
            return takeAway().onItem().delayIt().by(BLOCK);
        }
        return gather().chain(() -> createGroups(owned))
                .chain(() -> read(owned))
                .onFailure(e -> String.valueOf(e.getMessage()).contains("NOGROUP"))
                .invoke(grouped::clear) // Redis came back without its data
                .chain(this::handleAll)
                .onFailure()
                .invoke(caughtUp::clear); // what was read and not finished is now pending
    }

    private Uni<Void> gather() {
        Context here = Vertx.currentContext();
        long wait = GATHER.toNanos() - (System.nanoTime() - severalAt);
        return here == null || wait <= 0
                ? Uni.createFrom().voidItem()
                : Uni.createFrom()
                        .emitter(emitter ->
                                here.owner().setTimer(Math.ceilDiv(wait, 1_000_000L), id -> emitter.complete(null)));
    }

    private Uni<Void> createGroups(List<Partition> owned) {
        return Multi.createFrom()
                .iterable(owned)
                .filter(partition -> !grouped.contains(partition))
                .onItem()
                .transformToUniAndConcatenate(partition -> redis.send(Request.cmd(Command.XGROUP)
                                .arg("CREATE")
                                .arg(Topics.inbox(service, partition))
                                .arg(service.label())
                                .arg("0")
                                .arg("MKSTREAM"))
                        .onFailure(e -> String.valueOf(e.getMessage()).startsWith("BUSYGROUP"))
                        .recoverWithNull()
                        .invoke(() -> grouped.add(partition)))
                .onItem()
                .ignoreAsUni();
    }

    private Uni<List<Batch>> read(List<Partition> owned) {
        Request request = Request.cmd(Command.XREADGROUP)
                .arg("GROUP")
                .arg(service.label())
                .arg(OWNER)
                .arg("COUNT")
                .arg(BATCH)
                .arg("BLOCK")
                .arg(BLOCK.toMillis())
                .arg("STREAMS");
        owned.forEach(partition -> request.arg(Topics.inbox(service, partition)));
        owned.forEach(partition -> request.arg(caughtUp.contains(partition) ? NEW : PENDING));
        List<Request> requests = removals();
        requests.add(request);
        return Deadline.within(LOST, redis.batch(requests))
                .invoke(handled::clear)
                .map(answers -> batches(owned, answers.getLast()));
    }

    private List<Batch> batches(List<Partition> owned, @Nullable Response response) {
        Map<String, Partition> byName = new HashMap<>();
        owned.forEach(partition -> byName.put(Topics.inbox(service, partition), partition));
        List<Batch> batches = new ArrayList<>();
        if (response != null) {
            if (response.getKeys().isEmpty()) { // RESP2: pairs
                response.forEach(
                        stream -> batches.add(batch(byName, stream.get(0).toString(), stream.get(1))));
            } else { // RESP3: a map
                response.getKeys().forEach(name -> batches.add(batch(byName, name, response.get(name))));
            }
        }
        // A partition that answers nothing pending has caught up.
        batches.stream().filter(batch -> batch.entries().isEmpty()).forEach(batch -> caughtUp.add(batch.partition()));
        return batches;
    }

    private static Batch batch(Map<String, Partition> byName, String name, Response entries) {
        Partition partition = byName.get(name);
        if (partition == null) {
            throw new IllegalStateException("Nobody asked for " + name);
        }
        List<Entry> list = new ArrayList<>();
        for (Response entry : entries) {
            Response fields = entry.get(1);
            // An entry without fields was taken away while it was pending.
            list.add(new Entry(
                    entry.get(0).toString(),
                    fields == null ? null : fields.get(1).toString()));
        }
        return new Batch(partition, list);
    }

    private Uni<Void> handleAll(List<Batch> batches) {
        if (batches.stream().mapToInt(batch -> batch.entries().size()).sum() > 1) {
            severalAt = System.nanoTime();
        }
        List<Uni<Void>> work = batches.stream()
                .filter(batch -> !batch.entries().isEmpty())
                .map(this::handle)
                .toList();
        return work.isEmpty()
                ? Uni.createFrom().voidItem()
                : Uni.join().all(work).andCollectFailures().replaceWithVoid();
    }

    private Uni<Void> handle(Batch batch) {
        if (!leases.owns(batch.partition())) {
            caughtUp.remove(batch.partition());
            return Uni.createFrom().voidItem();
        }
        Lane lane = pipeline.lane();
        // Not Uni.join: that may begin with a later entry while another thread is still beginning with the first ones.
        var handling = Multi.createFrom()
                .iterable(batch.entries())
                .onItem()
                .transformToUni(entry -> handle(batch.partition(), entry, lane)
                        .invoke(() -> handled.computeIfAbsent(
                                        batch.partition(), partition -> new ConcurrentLinkedQueue<>())
                                .add(entry.id())));
        return (underWay == 1
                        ? handling.concatenate()
                        : handling.collectFailures().merge(underWay))
                .onItem()
                .ignoreAsUni();
    }

    private Uni<Void> handle(Partition partition, Entry entry, Lane lane) {
        String json = entry.json();
        if (json == null) {
            return Uni.createFrom().voidItem();
        }
        return Uni.createFrom()
                .deferred(() -> handler.handle(Json.read(json, InboxMessage.class), lane))
                .onFailure(e -> !Outage.is(e))
                .recoverWithUni(e -> {
                    LOG.errorf(e, "%s cannot handle %s; kept as a dead letter", service.label(), entry.id());
                    return bury(partition, json);
                });
    }

    private Uni<Void> bury(Partition partition, String json) {
        return redis.send(Request.cmd(Command.XADD)
                        .arg(Topics.deadLetters(service, partition))
                        .arg("MAXLEN")
                        .arg(DEAD_LETTERS)
                        .arg("*")
                        .arg("m")
                        .arg(json))
                .replaceWithVoid();
    }

    /** Where no read follows that would do it: what is left is handled again by the next owner. */
    private Uni<Void> takeAway() {
        List<Request> requests = removals();
        return requests.isEmpty()
                ? Uni.createFrom().voidItem()
                : Deadline.within(LOST, redis.batch(requests))
                        .invoke(handled::clear)
                        .replaceWithVoid();
    }

    /** What takes away all that was handled; it goes with the next read, which saves a way to Redis. */
    private List<Request> removals() {
        List<Request> requests = new ArrayList<>();
        handled.forEach((partition, ids) -> {
            String inbox = Topics.inbox(service, partition);
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

    private record Batch(Partition partition, List<Entry> entries) {}

    private record Entry(String id, @Nullable String json) {}
}
