package io.dorami.loadtest;

import io.dorami.loadtest.RunResult.CpuUse;
import io.dorami.loadtest.RunResult.Latency;
import io.dorami.loadtest.RunResult.Messages;
import io.dorami.loadtest.RunResult.Player;
import io.dorami.loadtest.RunResult.Sales;
import io.dorami.loadtest.RunResult.Second;
import io.dorami.loadtest.RunResult.Sockets;
import io.dorami.loadtest.RunResult.Viewers;
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

/** One run against one target: all come, talk warms up, a phase is measured, what is on its way arrives, all go. */
final class LoadRun implements AutoCloseable {

    /** Beyond it the tool may be what is slow. */
    private static final double BUSIEST_LOAD_CORE = 0.80;

    /** Of a core: what the kernel's clocks of processes and of cores may differ by. */
    private static final double STRAY = 0.05;

    private static final Duration LONGEST_DRAIN = Duration.ofSeconds(20);
    private static final Duration NOTHING_MORE = Duration.ofSeconds(3);
    /** A run that is longer says every ten seconds how it goes. */
    private static final Duration LONG = Duration.ofMinutes(10);

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Plan plan;
    private final Target target;
    private final PrintStream progress;

    private final LoadLoop loop = new LoadLoop();
    private final RunCounters tally;
    private final List<Room> rooms;
    private final Audience audience;
    private final @Nullable RestCalls calls;
    private final CpuTime.Watch watch;
    private final List<RateScheduler> paces = new ArrayList<>();
    private final List<Second> seconds = new ArrayList<>();
    private long start = System.nanoTime();
    private @Nullable PurchaseLoad shop;
    private Sample last = new Sample(start, 0, 0, 0, Latency.of(new Histogram(2)));

    /** What is counted, at one moment. */
    private record Sample(long nanos, int present, long sent, long delivered, Latency second) {}

    private LoadRun(Plan plan, Target target, Cores cores, PrintStream progress) {
        this.plan = plan;
        this.target = target;
        this.progress = progress;
        this.tally = new RunCounters(plan.late().toNanos());
        this.rooms = IntStream.range(0, plan.rooms())
                .mapToObj(index -> new Room(index, target.openRoom(index), plan.size(), tally))
                .toList();
        this.audience = new Audience(loop, plan, target, rooms, tally);
        this.calls = target.api().map(api -> new RestCalls(loop, api, audience)).orElse(null);
        this.watch = CpuTime.Watch.of(cores, target);
    }

    static RunResult of(Plan plan, Target target, Cores cores, PrintStream progress) throws InterruptedException {
        try (LoadRun run = new LoadRun(plan, target, cores, progress)) {
            return run.run();
        }
    }

    @Override
    public void close() {
        if (calls != null) {
            calls.close();
        }
        loop.close();
    }

    private RunResult run() throws InterruptedException {
        CpuTime earlier = watch.read();
        long memoryBefore = watch.serverMemory();
        if (plan.orders() > 0) {
            openShop();
        }
        start = System.nanoTime();
        CompletableFuture<Void> complete = audience.come();
        boolean duringArrival = plan.warmup().isZero();
        if (duringArrival) { // the coming itself is what is measured
            begin();
        }
        CpuTime first = earlier;
        long deliveredBefore = 0;
        long patience = System.nanoTime() + PATIENCE.toNanos() + TimeUnit.SECONDS.toNanos(plan.sockets()) / plan.ramp();
        while (!complete.isDone() && System.nanoTime() < patience) {
            earlier = second(earlier, duringArrival);
        }
        int joined = loop.ask(audience::present);
        if (joined == 0 || !complete.isDone()) {
            throw new CliError(
                    "Only %d of %d could join: %s".formatted(joined, plan.sockets(), loop.ask(audience::troubles)));
        }

        if (!duringArrival) {
            begin();
            long warm = System.nanoTime() + plan.warmup().toNanos();
            while (System.nanoTime() < warm) {
                earlier = second(earlier, false);
            }
            first = watch.read();
            deliveredBefore = loop.ask(this::measure);
            earlier = first;
        }
        long end = System.nanoTime() + plan.seconds().toNanos();
        while (System.nanoTime() < end) {
            earlier = second(earlier, true);
        }
        CpuTime last = watch.read();
        long deliveries = loop.ask(this::stop) - deliveredBefore;
        long memory = watch.serverMemory();
        drain(last);
        CpuUse cpu = CpuUse.of(first, last, others(first, last), deliveries, memory, memoryBefore);
        return result(joined, cpu);
    }

    /** Calls and sales warmed up too: what they took until now does not count. */
    private long measure() {
        tally.begin(System.nanoTime());
        if (calls != null) {
            calls.latency.reset();
        }
        if (shop != null) {
            shop.told.reset();
        }
        return tally.delivered;
    }

    private long stop() {
        tally.end(System.nanoTime());
        paces.forEach(RateScheduler::end);
        return tally.delivered;
    }

    private void openShop() throws InterruptedException {
        RestCalls open = calls;
        if (open == null) {
            throw new CliError(target.name() + " has no shop: no --orders there.");
        }
        PurchaseLoad opened = PurchaseLoad.open(
                open, audience, rooms.getFirst(), target.seller(0).orElseThrow(), target.secret(), plan.stock());
        shop = opened;
        loop.ask(() -> {
            audience.visit(opened);
            return opened;
        });
    }

    /** From now on people talk, come and go, buy and look. */
    private void begin() throws InterruptedException {
        loop.ask(() -> {
            audience.stall(plan.stalled());
            long now = System.nanoTime();
            if (plan.warmup().isZero()) {
                tally.begin(now);
            }
            if (plan.rate() > 0) {
                // Rooms begin one after the other, so that ten rooms are not one burst each time.
                long interval = (long) (TimeUnit.SECONDS.toNanos(1) / plan.rate());
                for (Room room : rooms) {
                    MessageSender talk = new MessageSender(audience, room, tally);
                    pace(plan.rate(), now + interval * room.index / rooms.size(), talk::say);
                }
            }
            pace(plan.changes(), now, audience::change);
            PurchaseLoad open = shop;
            if (open != null) {
                pace(plan.orders(), now, open::order);
            }
            if (calls != null) {
                pace(plan.calls(), now, new PageCalls(calls, audience, rooms.getFirst())::look);
            }
            return now;
        });
    }

    private void pace(double perSecond, long from, LongConsumer work) {
        if (perSecond > 0) {
            paces.add(new RateScheduler(loop, perSecond, from, work).begin());
        }
    }

    /** Lets a second pass, follows the logs, and says how it goes. */
    private CpuTime second(CpuTime earlier, boolean measured) throws InterruptedException {
        for (int half = 0; half < 2; half++) {
            Thread.sleep(500);
            follow();
        }
        CpuTime now = watch.read();
        Sample look = loop.ask(() -> {
            Latency second = Latency.of(tally.second);
            tally.second.reset();
            return new Sample(System.nanoTime(), audience.present(), tally.sent, tally.delivered, second);
        });
        double passed = (look.nanos - last.nanos) / 1e9;
        Second second = new Second(
                (look.nanos - start) / 1e9,
                measured,
                look.present,
                Math.round((look.sent - last.sent) / passed),
                Math.round((look.delivered - last.delivered) / passed),
                look.second.p50(),
                look.second.p99(),
                look.second.max(),
                now.share(CpuTime.SERVER, earlier),
                now.loadCoreShare(earlier),
                watch.serverMemory());
        seconds.add(second);
        last = look;
        if (seconds.size() % (plan.seconds().compareTo(LONG) > 0 ? 10 : 1) != 0) {
            return now;
        }
        progress.printf(
                Locale.ROOT,
                "%-17s %4.0f s  %5d there  %4d sent/s  %7d delivered/s  p99 %7.1f ms  server %3.0f%%  load core"
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

    private void follow() {
        RoomLogs logs = target.logs();
        if (logs != null) {
            rooms.forEach(logs::follow);
        }
    }

    /** Until everybody has everything, or nothing more comes. */
    private void drain(CpuTime earlier) throws InterruptedException {
        long begun = System.nanoTime();
        long progressed = begun;
        long delivered = -1;
        CpuTime cpu = earlier;
        while (System.nanoTime() - begun < LONGEST_DRAIN.toNanos()) {
            cpu = second(cpu, false);
            long now = loop.ask(() -> tally.delivered);
            if (now != delivered) {
                progressed = System.nanoTime();
                delivered = now;
            }
            boolean all = loop.ask(() -> rooms.stream().allMatch(room -> room.heard() == room.said())
                    && members().allMatch(member -> member.ledger.lost(member.room.said()) == 0));
            if (all || System.nanoTime() - progressed > NOTHING_MORE.toNanos()) {
                return;
            }
        }
    }

    private Stream<Member> members() {
        return rooms.stream().flatMap(room -> audience.of(room).stream());
    }

    private static Map<String, Double> others(CpuTime first, CpuTime last) {
        Map<String, Double> others = new LinkedHashMap<>();
        last.processes().keySet().stream()
                .filter(name -> !name.equals(CpuTime.SERVER))
                .forEach(name -> others.put(name, last.seconds(name, first)));
        return others;
    }

    private RunResult result(int joined, CpuUse cpu) throws InterruptedException {
        follow();
        return loop.ask(() -> {
            Map<String, Long> events = new LinkedHashMap<>();
            tally.events().forEach((event, count) -> events.put(event.label(), count));
            RunResult result = new RunResult(
                    target.name(),
                    target.description(),
                    plan,
                    new Sockets(
                            plan.sockets(), joined, audience.failed(), audience.left().sessions, tally.disconnected),
                    messages(),
                    Latency.of(tally.latency),
                    Latency.of(tally.connect),
                    Latency.of(tally.join),
                    Latency.of(tally.sending),
                    sales(),
                    new Viewers(audience.viewersTold(), audience.present()),
                    Player.none(),
                    cpu,
                    List.copyOf(seconds),
                    events,
                    Map.copyOf(audience.troubles()),
                    verdict(cpu));
            audience.leave();
            return result;
        });
    }

    /** Why the numbers may not be believed; empty where they may. */
    static List<String> verdict(CpuUse cpu) {
        List<String> reasons = new ArrayList<>();
        if (cpu.loadCore() > BUSIEST_LOAD_CORE) {
            reasons.add(
                    "void: the load's core was %.0f%% busy, %.0f%% with the tool; over %.0f%% the tool may be what is slow"
                            .formatted(cpu.loadCore() * 100, cpu.loadShare() * 100, BUSIEST_LOAD_CORE * 100));
        }
        if (cpu.serverShare() > cpu.serverCore() + STRAY) {
            reasons.add("void: the server used %.0f%% of a core while its own was %.0f%% busy: it ran beside the load"
                    .formatted(cpu.serverShare() * 100, cpu.serverCore() * 100));
        }
        return reasons;
    }

    private Sales sales() {
        Histogram nothing = new Histogram(2);
        return new Sales(
                shop == null ? 0 : shop.ordered,
                shop == null ? 0 : shop.soldOut,
                Latency.of(shop == null ? nothing : shop.told),
                shop == null ? -1 : shop.soldOutReached(),
                Latency.of(calls == null ? nothing : calls.latency),
                calls == null ? 0 : calls.failed);
    }

    private Messages messages() {
        Ledger.Sum left = audience.left();
        long accepted = 0;
        long logged = 0;
        long unlogged = 0;
        long lost = left.lost;
        long doubled = left.doubled;
        long outOfOrder = left.outOfOrder;
        RoomLogs logs = target.logs();
        for (Room room : rooms) {
            List<Integer> log = logs == null ? List.of() : logs.of(room);
            Room.Audit audit = logs == null ? room.withoutLog() : room.against(log);
            List<Member> members = audience.of(room);
            accepted += audit.accepted();
            logged += log.size();
            unlogged += audit.unlogged();
            lost += (long) audit.unheard() * members.size();
            outOfOrder += (long) audit.disordered() * members.size();
            doubled += audit.doubled();
            for (Member member : members) {
                lost += member.ledger.lost(room.heard());
                doubled += member.ledger.doubled();
                outOfOrder += member.ledger.outOfOrder();
            }
        }
        return new Messages(
                tally.sent,
                tally.unsent,
                accepted,
                tally.refused,
                logs == null ? -1 : logged,
                unlogged,
                tally.delivered,
                lost,
                doubled,
                outOfOrder,
                tally.late,
                tally.stray,
                tally.corrupted);
    }
}
