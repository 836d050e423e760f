package io.dorami.loadtest.run;

import io.dorami.loadtest.measurement.Cores;
import io.dorami.loadtest.measurement.CpuTime;
import io.dorami.loadtest.measurement.DeliveryTracker;
import io.dorami.loadtest.measurement.RoomLogs;
import io.dorami.loadtest.measurement.RoomTracker;
import io.dorami.loadtest.measurement.RunCounters;
import io.dorami.loadtest.plan.Plan;
import io.dorami.loadtest.report.RunResult;
import io.dorami.loadtest.report.RunResult.CpuUse;
import io.dorami.loadtest.report.RunResult.Latency;
import io.dorami.loadtest.report.RunResult.Messages;
import io.dorami.loadtest.report.RunResult.Player;
import io.dorami.loadtest.report.RunResult.Sales;
import io.dorami.loadtest.report.RunResult.Second;
import io.dorami.loadtest.report.RunResult.Sockets;
import io.dorami.loadtest.report.RunResult.Viewers;
import io.dorami.loadtest.targets.Target;
import io.dorami.local.CliError;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * One run against one target: all members join, messages warm it up, a phase is measured, deliveries drain, all leave.
 */
public final class LoadRun implements AutoCloseable {

    private static final Duration MAX_DRAIN_TIME = Duration.ofSeconds(20);
    private static final Duration DRAIN_IDLE_TIMEOUT = Duration.ofSeconds(3);
    /** A longer run prints progress every ten seconds only. */
    private static final Duration LONG_RUN = Duration.ofMinutes(10);

    private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(60);

    private final Plan plan;
    private final Target target;
    private final PrintStream progress;

    private final LoadLoop loop = new LoadLoop();
    private final RunCounters counters;
    private final List<RoomTracker> rooms;
    private final MemberPool pool;
    private final @Nullable RestCalls restCalls;
    private final CpuTime.Watch watch;
    private final List<RateScheduler> schedulers = new ArrayList<>();
    private final List<Second> seconds = new ArrayList<>();
    private long start = System.nanoTime();
    private @Nullable PurchaseLoad purchases;
    private Sample lastSample = new Sample(start, 0, 0, 0, Latency.of(new Histogram(2)));

    /** Counters at one time. */
    private record Sample(long nanos, int present, long sent, long delivered, Latency second) {}

    private LoadRun(Plan plan, Target target, Cores cores, PrintStream progress) {
        this.plan = plan;
        this.target = target;
        this.progress = progress;
        this.counters = new RunCounters(plan.late().toNanos());
        this.rooms = IntStream.range(0, plan.rooms())
                .mapToObj(index -> new RoomTracker(index, target.openRoom(index), plan.size(), counters))
                .toList();
        this.pool = new MemberPool(loop, plan, target, rooms, counters);
        this.restCalls =
                target.apiAddress().map(api -> new RestCalls(loop, api, pool)).orElse(null);
        this.watch = CpuTime.Watch.of(cores, target.serverProcess(), target.otherProcesses());
    }

    public static RunResult of(Plan plan, Target target, Cores cores, PrintStream progress)
            throws InterruptedException {
        try (LoadRun run = new LoadRun(plan, target, cores, progress)) {
            return run.run();
        }
    }

    @Override
    public void close() {
        if (restCalls != null) {
            restCalls.close();
        }
        loop.close();
    }

    private RunResult run() throws InterruptedException {
        CpuTime earlier = watch.read();
        long memoryBefore = watch.serverMemory();
        if (plan.orders() > 0) {
            openPurchases();
        }
        start = System.nanoTime();
        CompletableFuture<Void> complete = pool.joinAll();
        boolean measuresJoins = plan.warmup().isZero();
        if (measuresJoins) { // without a warm-up, the joins are measured too
            startLoad();
        }
        CpuTime first = earlier;
        long deliveredBefore = 0;
        long joinDeadline =
                System.nanoTime() + JOIN_TIMEOUT.toNanos() + TimeUnit.SECONDS.toNanos(plan.sockets()) / plan.ramp();
        while (!complete.isDone() && System.nanoTime() < joinDeadline) {
            earlier = runSecond(earlier, measuresJoins);
        }
        int joined = loop.call(pool::presentCount);
        if (joined == 0 || !complete.isDone()) {
            throw new CliError(
                    "Only %d of %d members joined: %s".formatted(joined, plan.sockets(), loop.call(pool::problems)));
        }

        if (!measuresJoins) {
            startLoad();
            long warmupEnd = System.nanoTime() + plan.warmup().toNanos();
            while (System.nanoTime() < warmupEnd) {
                earlier = runSecond(earlier, false);
            }
            first = watch.read();
            deliveredBefore = loop.call(this::startMeasuring);
            earlier = first;
        }
        long end = System.nanoTime() + plan.seconds().toNanos();
        while (System.nanoTime() < end) {
            earlier = runSecond(earlier, true);
        }
        CpuTime last = watch.read();
        long deliveries = loop.call(this::stopLoad) - deliveredBefore;
        long memory = watch.serverMemory();
        drain(last);
        CpuUse cpu = CpuUse.of(first, last, others(first, last), deliveries, memory, memoryBefore);
        return result(joined, cpu);
    }

    /** Starts the measured phase; the warm-up of calls and orders does not count. */
    private long startMeasuring() {
        counters.beginMeasurement(System.nanoTime());
        if (restCalls != null) {
            restCalls.latency.reset();
        }
        if (purchases != null) {
            purchases.updateLatency.reset();
        }
        return counters.delivered;
    }

    private long stopLoad() {
        counters.endMeasurement(System.nanoTime());
        schedulers.forEach(RateScheduler::stop);
        return counters.delivered;
    }

    private void openPurchases() throws InterruptedException {
        RestCalls open = restCalls;
        if (open == null) {
            throw new CliError(target.name() + " has no shop. Run it without --orders.");
        }
        PurchaseLoad opened = PurchaseLoad.open(
                open, pool, rooms.getFirst(), target.seller(0).orElseThrow(), target.jwtSecret(), plan.stock());
        purchases = opened;
        loop.call(() -> {
            pool.setPurchases(opened);
            return opened;
        });
    }

    /** Starts messages, replacements, orders and REST calls. */
    private void startLoad() throws InterruptedException {
        loop.call(() -> {
            pool.stall(plan.stalled());
            long now = System.nanoTime();
            if (plan.warmup().isZero()) {
                counters.beginMeasurement(now);
            }
            if (plan.rate() > 0) {
                // Rooms start at different times, so that ten rooms do not send in bursts.
                long interval = (long) (TimeUnit.SECONDS.toNanos(1) / plan.rate());
                for (RoomTracker room : rooms) {
                    MessageSender sender = new MessageSender(pool, room, counters);
                    schedule(plan.rate(), now + interval * room.index / rooms.size(), sender::sendNext);
                }
            }
            schedule(plan.replacementsPerSecond(), now, pool::replaceMember);
            PurchaseLoad open = purchases;
            if (open != null) {
                schedule(plan.orders(), now, open::order);
            }
            if (restCalls != null) {
                schedule(plan.calls(), now, new PageCalls(restCalls, pool, rooms.getFirst())::sendNext);
            }
            return now;
        });
    }

    private void schedule(double perSecond, long from, LongConsumer work) {
        if (perSecond > 0) {
            schedulers.add(new RateScheduler(loop, perSecond, from, work).start());
        }
    }

    /** Waits a second, reads the logs, and prints progress. */
    private CpuTime runSecond(CpuTime earlier, boolean measured) throws InterruptedException {
        for (int half = 0; half < 2; half++) {
            Thread.sleep(500);
            readRoomLogs();
        }
        CpuTime now = watch.read();
        Sample sample = loop.call(() -> {
            Latency second = Latency.of(counters.sampledSecond);
            counters.sampledSecond.reset();
            return new Sample(System.nanoTime(), pool.presentCount(), counters.sent, counters.delivered, second);
        });
        double passed = (sample.nanos - lastSample.nanos) / 1e9;
        Second second = new Second(
                (sample.nanos - start) / 1e9,
                measured,
                sample.present,
                Math.round((sample.sent - lastSample.sent) / passed),
                Math.round((sample.delivered - lastSample.delivered) / passed),
                sample.second.p50(),
                sample.second.p99(),
                sample.second.max(),
                now.share(CpuTime.SERVER, earlier),
                now.loadCoreShare(earlier),
                watch.serverMemory());
        seconds.add(second);
        lastSample = sample;
        if (seconds.size() % (plan.seconds().compareTo(LONG_RUN) > 0 ? 10 : 1) != 0) {
            return now;
        }
        progress.printf(
                Locale.ROOT,
                "%-17s %4.0f s  %5d present  %4d sent/s  %7d delivered/s  p99 %7.1f ms  server %3.0f%%  load core"
                        + " %3.0f%%%s%n",
                target.name(),
                second.at(),
                second.present(),
                second.sent(),
                second.delivered(),
                second.p99(),
                second.serverShare() * 100,
                second.loadCore() * 100,
                measured ? "" : "  (not measured)");
        return now;
    }

    private void readRoomLogs() {
        RoomLogs logs = target.roomLogs();
        if (logs != null) {
            rooms.forEach(logs::readNewEntries);
        }
    }

    /** Waits until all messages are delivered, or no more arrive. */
    private void drain(CpuTime earlier) throws InterruptedException {
        long drainStart = System.nanoTime();
        long lastProgress = drainStart;
        long delivered = -1;
        CpuTime cpu = earlier;
        while (System.nanoTime() - drainStart < MAX_DRAIN_TIME.toNanos()) {
            cpu = runSecond(cpu, false);
            long now = loop.call(() -> counters.delivered);
            if (now != delivered) {
                lastProgress = System.nanoTime();
                delivered = now;
            }
            boolean isComplete =
                    loop.call(() -> rooms.stream().allMatch(room -> room.receivedCount() == room.sentCount())
                            && members().allMatch(member -> member.deliveries.lostCount(member.room.sentCount()) == 0));
            if (isComplete || System.nanoTime() - lastProgress > DRAIN_IDLE_TIMEOUT.toNanos()) {
                return;
            }
        }
    }

    private Stream<Member> members() {
        return rooms.stream().flatMap(room -> pool.membersOf(room).stream());
    }

    private static Map<String, Double> others(CpuTime first, CpuTime last) {
        Map<String, Double> others = new LinkedHashMap<>();
        last.processes().keySet().stream()
                .filter(name -> !name.equals(CpuTime.SERVER))
                .forEach(name -> others.put(name, last.secondsUsed(name, first)));
        return others;
    }

    private RunResult result(int joined, CpuUse cpu) throws InterruptedException {
        readRoomLogs();
        return loop.call(() -> {
            Map<String, Long> events = new LinkedHashMap<>();
            counters.events().forEach((event, count) -> events.put(event.label(), count));
            RunResult result = new RunResult(
                    target.name(),
                    target.description(),
                    plan,
                    new Sockets(
                            plan.sockets(),
                            joined,
                            pool.failedCount(),
                            pool.departed().sessions,
                            counters.disconnected),
                    messages(),
                    Latency.of(counters.latency),
                    Latency.of(counters.connect),
                    Latency.of(counters.join),
                    Latency.of(counters.sendDelay),
                    sales(),
                    new Viewers(pool.lastViewerCount(), pool.presentCount()),
                    Player.none(),
                    cpu,
                    List.copyOf(seconds),
                    events,
                    Map.copyOf(pool.problems()),
                    cpu.invalidReasons());
            pool.leaveAll();
            return result;
        });
    }

    private Sales sales() {
        Histogram none = new Histogram(2);
        return new Sales(
                purchases == null ? 0 : purchases.orderedCount,
                purchases == null ? 0 : purchases.soldOutCount,
                Latency.of(purchases == null ? none : purchases.updateLatency),
                purchases == null ? -1 : purchases.soldOutReachedMillis(),
                Latency.of(restCalls == null ? none : restCalls.latency),
                restCalls == null ? 0 : restCalls.failedCount);
    }

    private Messages messages() {
        DeliveryTracker.Totals departed = pool.departed();
        long accepted = 0;
        long logged = 0;
        long unlogged = 0;
        long lost = departed.lost;
        long duplicates = departed.duplicates;
        long outOfOrder = departed.outOfOrder;
        RoomLogs logs = target.roomLogs();
        for (RoomTracker room : rooms) {
            List<Integer> log = logs == null ? List.of() : logs.messageNumbers(room);
            RoomTracker.Audit audit = logs == null ? room.auditWithoutLog() : room.auditAgainst(log);
            List<Member> members = pool.membersOf(room);
            accepted += audit.accepted();
            logged += log.size();
            unlogged += audit.unlogged();
            lost += (long) audit.notReceived() * members.size();
            outOfOrder += (long) audit.outOfOrder() * members.size();
            duplicates += audit.duplicates();
            for (Member member : members) {
                lost += member.deliveries.lostCount(room.receivedCount());
                duplicates += member.deliveries.duplicates();
                outOfOrder += member.deliveries.outOfOrder();
            }
        }
        return new Messages(
                counters.sent,
                counters.unsent,
                accepted,
                counters.rejected,
                logs == null ? -1 : logged,
                unlogged,
                counters.delivered,
                lost,
                duplicates,
                outOfOrder,
                counters.late,
                counters.stray,
                counters.corrupted);
    }
}
