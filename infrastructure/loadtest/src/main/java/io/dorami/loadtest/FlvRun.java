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
 * Viewers of a stream's HTTP-FLV: each takes the stream from its address and stays. What a player would feel is told from
 * when media comes: the first of it, and pauses that outlast a player's buffer.
 */
final class FlvRun implements AutoCloseable {

    /** The player holds about a second; what pauses longer stalls it. */
    private static final long BUFFER_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** An FLV file's header and the empty tag size after it: what comes next is media. */
    private static final int FLV_HEADER = 13;

    private static final double TEN_MINUTES = 600;
    private static final int LONGEST_HEAD = 16 << 10;

    private final Plan plan;
    private final URI address;
    private final PrintStream progress;
    private final LoadLoop loop = new LoadLoop();
    private final Histogram firstMedia = new Histogram(TimeUnit.HOURS.toMicros(1), 3);
    private final Map<String, Integer> troubles = new HashMap<>();
    private final List<Viewer> viewers = new ArrayList<>();
    private final long start = System.nanoTime();
    private int begun;
    private int watching;
    private int failed;
    private long stalls;
    private long stalledNanos;
    private long reconnects;
    private long bytes;
    private boolean over;

    private FlvRun(Plan plan, URI address, PrintStream progress) {
        this.plan = plan;
        this.address = address;
        this.progress = progress;
    }

    static RunResult of(Plan plan, URI address, Cores cores, PrintStream progress) throws InterruptedException {
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
        loop.execute(this::comeOn);
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
            long received = loop.ask(() -> bytes);
            int there = loop.ask(() -> watching);
            double megabits = (received - before) * 8 / 1e6 / now.since(earlier);
            before = received;
            double at = (System.nanoTime() - start) / 1e9;
            seconds.add(new Second(at, true, there, 0, 0, 0, 0, 0, 0, now.loadCoreShare(earlier), 0));
            earlier = now;
            progress.printf(
                    Locale.ROOT,
                    "flv %4.0f s  %5d watch  %8.1f Mbit/s  %d stalls  load core %3.0f%%%n",
                    at,
                    there,
                    megabits,
                    loop.ask(() -> stalls),
                    seconds.getLast().loadCore() * 100);
        }
        CpuTime last = watch.read();
        if (loop.ask(firstMedia::getTotalCount) == 0) {
            throw new CliError("No viewer got media from " + address + ": " + loop.ask(() -> troubles));
        }
        return loop.ask(() -> {
            over = true;
            viewers.forEach(Viewer::end);
            return result(first, last, seconds);
        });
    }

    private RunResult result(CpuTime first, CpuTime last, List<Second> seconds) {
        Latency nothing = Latency.of(new Histogram(2));
        double watched = viewers.stream()
                .mapToDouble(viewer -> viewer.watchedNanos / 1e9)
                .sum();
        double share = watched == 0 ? 0 : TEN_MINUTES / watched;
        CpuUse cpu = CpuUse.of(first, last, Map.of(CpuTime.LOAD, last.seconds(CpuTime.LOAD, first)), 0, 0, 0);
        return new RunResult(
                "flv",
                address.toString(),
                plan,
                new Sockets(plan.members(), (int) firstMedia.getTotalCount(), failed, 0, reconnects),
                new Messages(0, 0, 0, 0, -1, 0, 0, 0, 0, 0, 0, 0, 0),
                nothing,
                nothing,
                nothing,
                nothing,
                new Sales(0, 0, nothing, -1, nothing, 0),
                new Viewers(-1, watching),
                new Player(
                        (int) firstMedia.getTotalCount(),
                        Latency.of(firstMedia),
                        stalls * share,
                        stalledNanos / 1e9 * share,
                        reconnects * share),
                cpu,
                seconds,
                Map.of("bytes", bytes),
                Map.copyOf(troubles),
                LoadRun.verdict(cpu));
    }

    private void comeOn() {
        long between = TimeUnit.SECONDS.toNanos(1) / plan.ramp();
        while (begun < plan.members() && start + begun * between <= System.nanoTime()) {
            Viewer viewer = new Viewer(start + begun * between);
            begun++;
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
                            failed++;
                            trouble(String.valueOf(done.cause().getMessage()));
                        }
                    });
        }
        if (begun < plan.members()) {
            loop.schedule(this::comeOn, Duration.ofMillis(2).toMillis());
        }
    }

    private int port() {
        return address.getPort() < 0 ? 80 : address.getPort();
    }

    private void trouble(String why) {
        troubles.merge(why, 1, Integer::sum);
    }

    private final class Viewer extends ChannelInboundHandlerAdapter {

        private final long intended;
        private final StringBuilder head = new StringBuilder();
        private boolean inBody;
        private long body;
        private long lastMedia;
        private long firstMediaAt;
        private long watchedNanos;
        private @Nullable ChannelHandlerContext context;

        Viewer(long intended) {
            this.intended = intended;
        }

        void end() {
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
                    if (head.length() > LONGEST_HEAD) {
                        throw new IllegalStateException("An endless head");
                    }
                    inBody = head.length() >= 4 && head.indexOf("\r\n\r\n", head.length() - 4) >= 0;
                }
                if (inBody && !head.toString().startsWith("HTTP/1.1 200")) {
                    trouble(head.substring(0, head.indexOf("\r\n")));
                    active.close();
                    return;
                }
                media(data.readableBytes());
            } finally {
                data.release();
            }
        }

        private void media(int count) {
            bytes += count;
            body += count;
            if (count == 0 || body <= FLV_HEADER) {
                return;
            }
            long now = System.nanoTime();
            if (firstMediaAt == 0) {
                firstMediaAt = now;
                watching++;
                firstMedia.recordValue(RunCounters.micros(now - intended));
            } else {
                paused(now - lastMedia);
            }
            lastMedia = now;
            watchedNanos = now - firstMediaAt;
        }

        private void paused(long nanos) {
            if (nanos > BUFFER_NANOS) {
                stalls++;
                stalledNanos += nanos - BUFFER_NANOS;
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext closed) {
            if (firstMediaAt == 0) {
                failed++;
            } else {
                watching--;
                if (!over) {
                    reconnects++; // a player would come again
                    trouble("closed by the server");
                }
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext active, Throwable cause) {
            trouble(String.valueOf(cause.getMessage()));
            if (!(cause instanceof IOException)) {
                loop.failed(cause);
            }
            active.close();
        }
    }
}
