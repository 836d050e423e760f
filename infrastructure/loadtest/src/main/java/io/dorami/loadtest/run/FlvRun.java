package io.dorami.loadtest.run;

import io.dorami.loadtest.measurement.Cores;
import io.dorami.loadtest.measurement.CpuTime;
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
import io.dorami.local.CliError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Load of HTTP-FLV viewers, who open the stream and stay. The arrival of media shows what a player would experience:
 * the time to the first media, and pauses that are longer than a player's buffer.
 */
public final class FlvRun implements AutoCloseable {

    /** A player buffers about a second; a longer pause stalls it. */
    private static final long PLAYER_BUFFER_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** FLV header and the first tag size; media follows. */
    private static final int FLV_HEADER_BYTES = 13;

    private static final double TEN_MINUTES_SECONDS = 600;
    private static final int MAX_RESPONSE_HEAD_CHARS = 16 << 10;

    private final Plan plan;
    private final URI address;
    private final PrintStream progress;
    private final LoadLoop loop = new LoadLoop();
    private final Histogram firstMedia = new Histogram(TimeUnit.HOURS.toMicros(1), 3);
    private final Map<String, Integer> problems = new HashMap<>();
    private final List<Viewer> viewers = new ArrayList<>();
    private final long start = System.nanoTime();
    private int startedCount;
    private int watchingCount;
    private int failedCount;
    private long stalls;
    private long stalledNanos;
    private long reconnects;
    private long bytes;
    private boolean isStopped;

    private FlvRun(Plan plan, URI address, PrintStream progress) {
        this.plan = plan;
        this.address = address;
        this.progress = progress;
    }

    public static RunResult of(Plan plan, URI address, Cores cores, PrintStream progress) throws InterruptedException {
        try (FlvRun run = new FlvRun(plan, address, progress)) {
            cores.pinLoad();
            return run.run(cores);
        }
    }

    @Override
    public void close() {
        loop.close();
    }

    private RunResult run(Cores cores) throws InterruptedException {
        loop.execute(this::startDueViewers);
        List<Second> seconds = new ArrayList<>();
        CpuTime.Watch watch = new CpuTime.Watch(
                cores, Map.of(CpuTime.LOAD, List.of(ProcessHandle.current().pid())));
        CpuTime first = watch.read();
        CpuTime earlier = first;
        long before = 0;
        long end = start + plan.seconds().toNanos() + TimeUnit.SECONDS.toNanos(plan.members()) / plan.ramp();
        while (System.nanoTime() < end) {
            Thread.sleep(1_000);
            CpuTime now = watch.read();
            long received = loop.call(() -> bytes);
            int present = loop.call(() -> watchingCount);
            double megabits = (received - before) * 8 / 1e6 / now.secondsSince(earlier);
            before = received;
            double at = (System.nanoTime() - start) / 1e9;
            seconds.add(new Second(at, true, present, 0, 0, 0, 0, 0, 0, now.loadCoreShare(earlier), 0));
            earlier = now;
            progress.printf(
                    Locale.ROOT,
                    "flv %4.0f s  %5d watching  %8.1f Mbit/s  %d stalls  load core %3.0f%%%n",
                    at,
                    present,
                    megabits,
                    loop.call(() -> stalls),
                    seconds.getLast().loadCore() * 100);
        }
        CpuTime last = watch.read();
        if (loop.call(firstMedia::getTotalCount) == 0) {
            throw new CliError("No viewer received media from " + address + ": " + loop.call(() -> problems));
        }
        return loop.call(() -> {
            isStopped = true;
            viewers.forEach(Viewer::close);
            return result(first, last, seconds);
        });
    }

    private RunResult result(CpuTime first, CpuTime last, List<Second> seconds) {
        Latency none = Latency.of(new Histogram(2));
        double watched = viewers.stream()
                .mapToDouble(viewer -> viewer.watchedNanos / 1e9)
                .sum();
        double scale = watched == 0 ? 0 : TEN_MINUTES_SECONDS / watched;
        CpuUse cpu = CpuUse.of(first, last, Map.of(CpuTime.LOAD, last.secondsUsed(CpuTime.LOAD, first)), 0, 0, 0);
        return new RunResult(
                "flv",
                address.toString(),
                plan,
                new Sockets(plan.members(), (int) firstMedia.getTotalCount(), failedCount, 0, reconnects),
                new Messages(0, 0, 0, 0, -1, 0, 0, 0, 0, 0, 0, 0, 0),
                none,
                none,
                none,
                none,
                new Sales(0, 0, none, -1, none, 0),
                new Viewers(-1, watchingCount),
                new Player(
                        (int) firstMedia.getTotalCount(),
                        Latency.of(firstMedia),
                        stalls * scale,
                        stalledNanos / 1e9 * scale,
                        reconnects * scale),
                cpu,
                seconds,
                Map.of("bytes", bytes),
                Map.copyOf(problems),
                cpu.invalidReasons());
    }

    private void startDueViewers() {
        long intervalNanos = TimeUnit.SECONDS.toNanos(1) / plan.ramp();
        while (startedCount < plan.members() && start + startedCount * intervalNanos <= System.nanoTime()) {
            Viewer viewer = new Viewer(start + startedCount * intervalNanos);
            startedCount++;
            viewers.add(viewer);
            loop.bootstrap()
                    .handler(new ChannelInitializer<SocketChannel>() {
                        @Override
                        protected void initChannel(SocketChannel channel) {
                            channel.pipeline().addLast(viewer);
                        }
                    })
                    .connect(new InetSocketAddress(address.getHost(), port()))
                    .addListener(done -> {
                        if (!done.isSuccess()) {
                            failedCount++;
                            recordProblem(String.valueOf(done.cause().getMessage()));
                        }
                    });
        }
        if (startedCount < plan.members()) {
            loop.schedule(this::startDueViewers, Duration.ofMillis(2).toMillis());
        }
    }

    private int port() {
        return address.getPort() < 0 ? 80 : address.getPort();
    }

    private void recordProblem(String reason) {
        problems.merge(reason, 1, Integer::sum);
    }

    private final class Viewer extends ChannelInboundHandlerAdapter {

        private final long dueNanos;
        private final StringBuilder head = new StringBuilder();
        private boolean inBody;
        private long bodyBytes;
        private long lastMediaAt;
        private long firstMediaAt;
        private long watchedNanos;
        private @Nullable ChannelHandlerContext context;

        Viewer(long dueNanos) {
            this.dueNanos = dueNanos;
        }

        void close() {
            if (context != null) {
                context.close();
            }
        }

        @Override
        public void channelActive(ChannelHandlerContext active) {
            context = active;
            String query = address.getRawQuery() == null ? "" : "?" + address.getRawQuery();
            String request = "GET " + address.getRawPath() + query + " HTTP/1.1\r\nHost: " + address.getHost() + ":"
                    + port() + "\r\nConnection: close\r\n\r\n";
            active.writeAndFlush(Unpooled.copiedBuffer(request, StandardCharsets.US_ASCII));
        }

        @Override
        public void channelRead(ChannelHandlerContext active, Object message) {
            ByteBuf data = (ByteBuf) message;
            try {
                while (!inBody && data.isReadable()) {
                    head.append((char) data.readByte());
                    if (head.length() > MAX_RESPONSE_HEAD_CHARS) {
                        throw new IllegalStateException("Response head is too long");
                    }
                    inBody = head.length() >= 4 && head.indexOf("\r\n\r\n", head.length() - 4) >= 0;
                }
                if (inBody && !head.toString().startsWith("HTTP/1.1 200")) {
                    recordProblem(head.substring(0, head.indexOf("\r\n")));
                    active.close();
                    return;
                }
                onMedia(data.readableBytes());
            } finally {
                data.release();
            }
        }

        private void onMedia(int count) {
            bytes += count;
            bodyBytes += count;
            if (count == 0 || bodyBytes <= FLV_HEADER_BYTES) {
                return;
            }
            long now = System.nanoTime();
            if (firstMediaAt == 0) {
                firstMediaAt = now;
                watchingCount++;
                firstMedia.recordValue(RunCounters.micros(now - dueNanos));
            } else {
                onPause(now - lastMediaAt);
            }
            lastMediaAt = now;
            watchedNanos = now - firstMediaAt;
        }

        private void onPause(long nanos) {
            if (nanos > PLAYER_BUFFER_NANOS) {
                stalls++;
                stalledNanos += nanos - PLAYER_BUFFER_NANOS;
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext closed) {
            if (firstMediaAt == 0) {
                failedCount++;
            } else {
                watchingCount--;
                if (!isStopped) {
                    reconnects++; // a player would reconnect
                    recordProblem("closed by the server");
                }
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext active, Throwable cause) {
            recordProblem(String.valueOf(cause.getMessage()));
            if (!(cause instanceof IOException)) {
                loop.fail(cause);
            }
            active.close();
        }
    }
}
