package io.dorami.loadtest.run;

import io.dorami.contracts.User;
import io.dorami.loadtest.measurement.DeliveryTracker;
import io.dorami.loadtest.measurement.RoomTracker;
import io.dorami.loadtest.measurement.RunCounters;
import io.dorami.loadtest.plan.Plan;
import io.dorami.loadtest.protocol.ByteSearch;
import io.dorami.loadtest.protocol.ClientProtocol;
import io.dorami.loadtest.protocol.ReceivedEvent;
import io.dorami.loadtest.targets.Target;
import io.dorami.signing.AccessToken;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * All sockets of a run: connects them at a bounded rate and tracks who is present. Confined to the load's event loop.
 */
final class MemberPool {

    /** Interval between checks for due connects; a shorter one is below the scheduler's precision. */
    private static final long CONNECT_TICK_MILLIS = 2;

    private static final int CONNECT_TIMEOUT_MILLIS = 20_000;
    private static final Duration TOKEN_LIFETIME = Duration.ofDays(2);
    private static final int MAX_PROBLEM_KINDS = 5;
    private static final byte[] VIEWER_COUNT = ByteSearch.ascii("\"viewerCount\":");

    final ClientProtocol protocol;
    final RunCounters counters;

    private final LoadLoop loop;
    private final Plan plan;
    private final InetSocketAddress server;
    private final String jwtSecret;
    private final List<RoomTracker> rooms;
    private final Bootstrap bootstrap;

    private final List<List<Member>> membersByRoom = new ArrayList<>();
    private final List<Member> stalled = new ArrayList<>();
    private final DeliveryTracker.Totals departed = new DeliveryTracker.Totals();
    private @Nullable PurchaseLoad purchases;
    private int replacements;
    private long lastViewerCount = -1;
    private final Map<String, Integer> problems = new HashMap<>();
    private final Map<String, String> tokens = new HashMap<>();
    private final CompletableFuture<Void> complete = new CompletableFuture<>();
    private int connectsStarted;
    private int connecting;
    private int joined;
    private int presentCount;
    private int failedCount;
    private boolean isStopped;

    MemberPool(LoadLoop loop, Plan plan, Target target, List<RoomTracker> rooms, RunCounters counters) {
        this.loop = loop;
        this.plan = plan;
        this.protocol = target.protocol();
        this.server = target.address();
        this.jwtSecret = target.jwtSecret();
        this.rooms = rooms;
        this.counters = counters;
        rooms.forEach(room -> membersByRoom.add(new ArrayList<>()));
        this.bootstrap = loop.bootstrap()
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
                .option(ChannelOption.TCP_NODELAY, true);
    }

    String host() {
        return server.getHostString() + ":" + server.getPort();
    }

    /** Returns true if members join the stream's three rooms, as the page does. */
    boolean isPage() {
        return plan.page();
    }

    /** Access token, signed once per user; else the signatures of 10,000 members would distort the measurement. */
    String token(String user) {
        return tokens.computeIfAbsent(
                user,
                id -> AccessToken.of(new User(id, "Viewer", User.Role.USER), TOKEN_LIFETIME)
                        .sign(jwtSecret));
    }

    /** Starts to connect all members. The future completes when each has joined its rooms or failed. */
    CompletableFuture<Void> joinAll() {
        for (int i = 0; i < plan.members() * rooms.size(); i++) {
            token(userId(i)); // before the measurement starts
        }
        long start = System.nanoTime();
        loop.execute(() -> startDueConnects(start));
        return complete;
    }

    private void startDueConnects(long start) {
        int all = plan.members() * rooms.size();
        long intervalNanos = TimeUnit.SECONDS.toNanos(1) / plan.ramp();
        long now = System.nanoTime();
        while (!isStopped
                && connectsStarted < all
                && connecting < plan.inFlight()
                && start + connectsStarted * intervalNanos <= now) {
            RoomTracker room = rooms.get(connectsStarted % rooms.size());
            boolean sampled = connectsStarted % Math.max(1, all / plan.sample()) == 0;
            // Without a warm-up, messages are sent while members join.
            DeliveryTracker deliveries =
                    plan.warmup().isZero() ? DeliveryTracker.fromNow() : DeliveryTracker.fromStart();
            connect(room, userId(connectsStarted), sampled, deliveries, start + connectsStarted * intervalNanos);
            connectsStarted++;
        }
        if (!isStopped && connectsStarted < all) {
            loop.schedule(() -> startDueConnects(start), CONNECT_TICK_MILLIS);
        }
    }

    private static String userId(int number) {
        return "load-%05d".formatted(number);
    }

    private void connect(RoomTracker room, String user, boolean sampled, DeliveryTracker deliveries, long dueNanos) {
        Member member = new Member(this, room, user, sampled, deliveries, dueNanos);
        connecting++;
        bootstrap
                .clone()
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline().addLast(member);
                    }
                })
                .connect(server)
                .addListener(done -> {
                    if (!done.isSuccess()) {
                        member.onConnectFailed(done.cause());
                    }
                });
    }

    void schedule(Runnable work, long millis) {
        loop.schedule(work, millis);
    }

    void onJoined(Member member) {
        connecting--;
        joined++;
        presentCount++;
        membersByRoom.get(member.room.index).add(member);
        completeIfAllJoined();
    }

    /** Called when the server closed a member's socket or refused the connect. */
    void onDisconnected(Member member, String reason) {
        recordProblem(reason);
        if (member.isJoined()) {
            counters.disconnected++;
            presentCount--;
        } else {
            connecting--;
            failedCount++;
            completeIfAllJoined();
        }
    }

    private void completeIfAllJoined() {
        if (joined + failedCount >= plan.members() * rooms.size()) {
            complete.complete(null);
        }
    }

    void recordProblem(String reason) {
        if (problems.size() < MAX_PROBLEM_KINDS || problems.containsKey(reason)) {
            problems.merge(reason, 1, Integer::sum);
        }
    }

    /** Ends the run after a bug in this tool, because its numbers would be wrong. */
    void fail(Throwable cause) {
        isStopped = true;
        complete.completeExceptionally(cause);
        loop.fail(cause);
    }

    /** Passes product events to this load from now on. */
    void setPurchases(PurchaseLoad load) {
        purchases = load;
    }

    void onProductEvent(Member member, ReceivedEvent event, ByteBuf frame, int start, int end, long now) {
        if (purchases != null) {
            purchases.onProductEvent(member, event, frame, start, end, now);
        }
    }

    /** Records the viewer count that a sampled member received. */
    void onViewerCount(Member member, ByteBuf frame, int start, int end) {
        int at = member.sampled ? ByteSearch.find(frame, start, end, VIEWER_COUNT) : -1;
        if (at >= 0) {
            lastViewerCount = ByteSearch.number(frame, at + VIEWER_COUNT.length, end);
        }
    }

    /** Last viewer count that a sampled member received; -1 if none did. */
    long lastViewerCount() {
        return lastViewerCount;
    }

    /** Replaces the longest-present member of the next room: its user reconnects on a new socket. */
    void replaceMember(long due) {
        List<Member> all = membersByRoom.get(replacements++ % rooms.size());
        all.stream().filter(Member::isPresent).findFirst().ifPresent(leaver -> {
            all.remove(leaver);
            leaver.leave();
            presentCount--;
            departed.add(leaver.deliveries);
            connect(leaver.room, leaver.user, leaver.sampled, DeliveryTracker.fromNow(), due);
        });
    }

    /** The first members of each room stop reading, and are excluded from all counts. */
    void stall(int members) {
        for (List<Member> all : membersByRoom) {
            List<Member> slow = all.subList(0, Math.min(members, all.size()));
            slow.forEach(Member::stall);
            presentCount -= slow.size();
            stalled.addAll(slow);
            slow.clear();
        }
    }

    /** All members that joined the room, disconnected ones included. */
    List<Member> membersOf(RoomTracker room) {
        return membersByRoom.get(room.index);
    }

    /** Closes all sockets. */
    void leaveAll() {
        isStopped = true;
        membersByRoom.forEach(members -> members.forEach(Member::leave));
        stalled.forEach(Member::leave);
    }

    int presentCount() {
        return presentCount;
    }

    int failedCount() {
        return failedCount;
    }

    /** Delivery totals of the members that were replaced. */
    DeliveryTracker.Totals departed() {
        return departed;
    }

    /** Problems with the number of their occurrences. */
    Map<String, Integer> problems() {
        return problems;
    }
}
