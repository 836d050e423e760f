package io.dorami.loadtest;

import io.dorami.loadtest.Result.CpuUse;
import io.dorami.loadtest.Result.Latency;
import io.dorami.loadtest.Result.Messages;
import io.dorami.loadtest.Result.Second;
import io.dorami.loadtest.Result.Sockets;
import io.dorami.local.Complaint;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** One run against one target: everybody comes, talk warms up, a phase is measured, what is on its way arrives, all go. */
final class Run {

    /** Beyond it the tool may be what is slow. */
    private static final double BUSIEST_LOAD_CORE = 0.80;

    private static final Duration LONGEST_DRAIN = Duration.ofSeconds(20);
    private static final Duration NOTHING_MORE = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Plan plan;
    private final Target target;
    private final Cores cores;
    private final PrintStream progress;

    private final Loop loop = new Loop();
    private final Tally tally;
    private final List<Room> rooms;
    private final Audience audience;
    private final Cpu.Watch watch;
    private final List<Second> seconds = new ArrayList<>();
    private final long start = System.nanoTime();
    private Look last = new Look(start, 0, 0);

    private record Look(long nanos, long sent, long delivered) {}

    private Run(Plan plan, Target target, Cores cores, PrintStream progress) {
        this.plan = plan;
        this.target = target;
        this.cores = cores;
        this.progress = progress;
        this.tally = new Tally(plan.late().toNanos());
        this.rooms = IntStream.range(0, plan.rooms())
                .mapToObj(index -> new Room(index, target.openRoom(index), plan.size(), tally))
                .toList();
        this.audience = new Audience(loop, plan, target, rooms, tally);
        this.watch = Cpu.Watch.of(cores, target);
    }

    static Result of(Plan plan, Target target, Cores cores, PrintStream progress) throws InterruptedException {
        Run run = new Run(plan, target, cores, progress);
        try {
            return run.run();
        } finally {
            run.loop.close();
        }
    }

    private Result run() throws InterruptedException {
        Cpu earlier = watch.read();
        long before = watch.serverMemory();
        CompletableFuture<Void> complete = audience.come();
        long patience = System.nanoTime() + PATIENCE.toNanos() + TimeUnit.SECONDS.toNanos(plan.sockets()) / plan.ramp();
        while (!complete.isDone() && System.nanoTime() < patience) {
            earlier = second(earlier, false);
        }
        int joined = loop.ask(audience::present);
        if (joined == 0) {
            throw new Complaint("Nobody could join: " + loop.ask(audience::troubles));
        }

        long begin = System.nanoTime() + plan.warmup().toNanos();
        List<Talk> talks = talk();
        while (System.nanoTime() < begin) {
            earlier = second(earlier, false);
        }
        Cpu first = watch.read();
        long deliveredBefore = loop.ask(() -> {
            tally.begin(System.nanoTime());
            return tally.delivered;
        });
        long end = first.nanos() + plan.seconds().toNanos();
        earlier = first;
        while (System.nanoTime() < end) {
            earlier = second(earlier, true);
        }
        Cpu lastCpu = watch.read();
        long delivered = loop.ask(() -> {
            tally.end(System.nanoTime());
            talks.forEach(Talk::end);
            return tally.delivered;
        });
        long memory = watch.serverMemory();
        drain(lastCpu);
        return result(joined, first, lastCpu, delivered - deliveredBefore, memory, before);
    }

    private List<Talk> talk() throws InterruptedException {
        if (plan.rate() == 0) {
            return List.of();
        }
        long interval = (long) (TimeUnit.SECONDS.toNanos(1) / plan.rate());
        // Rooms begin one after the other, so that ten rooms are not one burst each time.
        return loop.ask(() -> rooms.stream()
                .map(room -> {
                    long at = System.nanoTime() + interval * room.index / rooms.size();
                    Talk talk = new Talk(loop, audience, room, tally, plan.rate(), at);
                    talk.begin();
                    return talk;
                })
                .toList());
    }

    /** Lets a second pass, follows the logs, and says how it goes. */
    private Cpu second(Cpu earlier, boolean measured) throws InterruptedException {
        for (int half = 0; half < 2; half++) {
            Thread.sleep(500);
            follow();
        }
        Cpu now = watch.read();
        Look look = loop.ask(() -> new Look(System.nanoTime(), tally.sent, tally.delivered));
        Latency latency = loop.ask(() -> {
            Latency second = Latency.of(tally.second);
            tally.second.reset();
            return second;
        });
        int present = loop.ask(audience::present);
        double passed = (look.nanos - last.nanos) / 1e9;
        Second second = new Second(
                (look.nanos - start) / 1e9,
                measured,
                present,
                Math.round((look.sent - last.sent) / passed),
                Math.round((look.delivered - last.delivered) / passed),
                latency.p50(),
                latency.p99(),
                latency.max(),
                now.share(Cpu.SERVER, earlier),
                now.loadCoreShare(earlier),
                watch.serverMemory());
        seconds.add(second);
        last = look;
        progress.printf(
                Locale.ROOT,
                "%s %4.0f s  %5d there  %5d sent/s  %7d delivered/s  p99 %7.1f ms  server %3.0f%%  load core"
                        + " %3.0f%%%s%n",
                target.name(),
                second.at(),
                present,
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
    private void drain(Cpu earlier) throws InterruptedException {
        long start = System.nanoTime();
        long progressed = start;
        long delivered = -1;
        Cpu cpu = earlier;
        while (System.nanoTime() - start < LONGEST_DRAIN.toNanos()) {
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

    private Result result(int joined, Cpu first, Cpu end, long deliveries, long memory, long memoryBefore)
            throws InterruptedException {
        follow();
        Messages messages = loop.ask(this::messages);
        Map<String, Double> others = new LinkedHashMap<>();
        end.processes().keySet().stream()
                .filter(name -> !name.equals(Cpu.SERVER))
                .forEach(name -> others.put(name, end.seconds(name, first)));
        double server = end.seconds(Cpu.SERVER, first);
        CpuUse cpu = new CpuUse(
                end.since(first),
                server,
                others,
                deliveries,
                deliveries == 0 ? 0 : server * 1e6 / deliveries,
                end.share(Cpu.SERVER, first),
                end.share(Cpu.LOAD, first),
                end.loadCoreShare(first),
                end.serverCoreShare(first),
                memory,
                memoryBefore);
        Map<String, Long> events = new LinkedHashMap<>();
        loop.ask(tally::events).forEach((event, count) -> events.put(event.label(), count));
        Sockets sockets = new Sockets(plan.sockets(), joined, loop.ask(audience::failed), tally.disconnected);
        Result result = new Result(
                target.name(),
                target.description(),
                plan,
                sockets,
                messages,
                Latency.of(tally.latency),
                Latency.of(tally.connect),
                Latency.of(tally.join),
                Latency.of(tally.sending),
                cpu,
                List.copyOf(seconds),
                events,
                Map.copyOf(loop.ask(audience::troubles)),
                verdict(cpu));
        loop.ask(() -> {
            audience.leave();
            return true;
        });
        return result;
    }

    private static List<String> verdict(CpuUse cpu) {
        List<String> verdict = new ArrayList<>();
        if (cpu.loadCore() > BUSIEST_LOAD_CORE) {
            verdict.add("void: the load's core was %.0f%% busy, and over %.0f%% the tool may be what is slow"
                    .formatted(cpu.loadCore() * 100, BUSIEST_LOAD_CORE * 100));
        }
        return verdict;
    }

    private Messages messages() {
        long accepted = 0;
        long logged = 0;
        long unlogged = 0;
        long lost = 0;
        long doubled = 0;
        long outOfOrder = 0;
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
