package io.dorami.loadtest;

import io.dorami.contracts.User;
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

/** All sockets of a run: lets them in at a bounded rate, and knows who is there. Lives on the load's event loop. */
final class Audience {

    /** How often it is looked whose turn it is; finer would be lost in the scheduling. */
    private static final long TICK_MILLIS = 2;

    private static final int CONNECT_MILLIS = 20_000;
    private static final Duration TOKENS_LIVE = Duration.ofDays(2);
    private static final int TROUBLES = 5;
    private static final byte[] VIEWER_COUNT = ByteSearch.ascii("\"viewerCount\":");

    final ClientProtocol wire;
    final RunCounters tally;

    private final LoadLoop loop;
    private final Plan plan;
    private final InetSocketAddress server;
    private final String secret;
    private final List<Room> rooms;
    private final Bootstrap bootstrap;

    private final List<List<Member>> inRoom = new ArrayList<>();
    private final List<Member> stalled = new ArrayList<>();
    private final Ledger.Sum left = new Ledger.Sum();
    private @Nullable PurchaseLoad shop;
    private int changes;
    private long viewersTold = -1;
    private final Map<String, Integer> troubles = new HashMap<>();
    private final Map<String, String> tokens = new HashMap<>();
    private final CompletableFuture<Void> complete = new CompletableFuture<>();
    private int begun;
    private int arriving;
    private int came;
    private int present;
    private int failed;
    private boolean over;

    Audience(LoadLoop loop, Plan plan, Target target, List<Room> rooms, RunCounters tally) {
        this.loop = loop;
        this.plan = plan;
        this.wire = target.wire();
        this.server = target.address();
        this.secret = target.secret();
        this.rooms = rooms;
        this.tally = tally;
        rooms.forEach(room -> inRoom.add(new ArrayList<>()));
        this.bootstrap = loop.bootstrap()
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                .option(ChannelOption.TCP_NODELAY, true);
    }

    String host() {
        return server.getHostString() + ":" + server.getPort();
    }

    /** Whether members are in the stream's three rooms, as the page is. */
    boolean page() {
        return plan.page();
    }

    /** Signed once per user: with 10,000 members the signatures of one second would else be what is measured. */
    String token(String user) {
        return tokens.computeIfAbsent(
                user,
                id -> AccessToken.of(new User(id, "Viewer", User.Role.USER), TOKENS_LIVE)
                        .sign(secret));
    }

    /** Begins to let everybody in; done when all are in their rooms or have failed. */
    CompletableFuture<Void> come() {
        for (int i = 0; i < plan.members() * rooms.size(); i++) {
            token(user(i)); // before the clock runs
        }
        long start = System.nanoTime();
        loop.execute(() -> comeOn(start));
        return complete;
    }

    private void comeOn(long start) {
        int all = plan.members() * rooms.size();
        long between = TimeUnit.SECONDS.toNanos(1) / plan.ramp();
        long now = System.nanoTime();
        while (!over && begun < all && arriving < plan.inFlight() && start + begun * between <= now) {
            Room room = rooms.get(begun % rooms.size());
            boolean sampled = begun % Math.max(1, all / plan.sample()) == 0;
            Ledger ledger = plan.warmup().isZero() ? Ledger.fromNow() : Ledger.fromTheStart(); // is there talk already?
            connect(room, user(begun), sampled, ledger, start + begun * between);
            begun++;
        }
        if (!over && begun < all) {
            loop.schedule(() -> comeOn(start), TICK_MILLIS);
        }
    }

    private static String user(int number) {
        return "load-%05d".formatted(number);
    }

    private void connect(Room room, String user, boolean sampled, Ledger ledger, long intended) {
        Member member = new Member(this, room, user, sampled, ledger, intended);
        arriving++;
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
                        member.notConnected(done.cause());
                    }
                });
    }

    void later(Runnable work, long millis) {
        loop.schedule(work, millis);
    }

    void joined(Member member) {
        arriving--;
        came++;
        present++;
        inRoom.get(member.room.index).add(member);
        allThere();
    }

    /** The server closed a member's socket, or never took it. */
    void lost(Member member, String why) {
        trouble(why);
        if (member.joined()) {
            tally.disconnected++;
            present--;
        } else {
            arriving--;
            failed++;
            allThere();
        }
    }

    private void allThere() {
        if (came + failed >= plan.members() * rooms.size()) {
            complete.complete(null);
        }
    }

    void trouble(String why) {
        if (troubles.size() < TROUBLES || troubles.containsKey(why)) {
            troubles.merge(why, 1, Integer::sum);
        }
    }

    /** A bug of ours ends the run: its numbers would be wrong. */
    void failed(Throwable cause) {
        over = true;
        complete.completeExceptionally(cause);
        loop.failed(cause);
    }

    /** From now on, what members hear of a product is told to the shop. */
    void visit(PurchaseLoad visited) {
        shop = visited;
    }

    void product(Member member, ReceivedEvent event, ByteBuf frame, int start, int end, long now) {
        if (shop != null) {
            shop.heard(member, event, frame, start, end, now);
        }
    }

    /** A sampled member is told how many watch. */
    void viewers(Member member, ByteBuf frame, int start, int end) {
        int at = member.sampled ? ByteSearch.find(frame, start, end, VIEWER_COUNT) : -1;
        if (at >= 0) {
            viewersTold = ByteSearch.number(frame, at + VIEWER_COUNT.length, end);
        }
    }

    /** The last count that anybody was told; -1 where nobody was. */
    long viewersTold() {
        return viewersTold;
    }

    /** The member who came first in a room, one room after the other, leaves and comes again on a new socket. */
    void change(long due) {
        List<Member> all = inRoom.get(changes++ % rooms.size());
        all.stream().filter(Member::present).findFirst().ifPresent(gone -> {
            all.remove(gone);
            gone.leave();
            present--;
            left.add(gone.ledger);
            connect(gone.room, gone.user, gone.sampled, Ledger.fromNow(), due);
        });
    }

    /** Those who came first into each room stop reading, and nothing of them counts any more. */
    void stall(int members) {
        for (List<Member> all : inRoom) {
            List<Member> slow = all.subList(0, Math.min(members, all.size()));
            slow.forEach(Member::stall);
            present -= slow.size();
            stalled.addAll(slow);
            slow.clear();
        }
    }

    /** All who came into the room, the lost ones too. */
    List<Member> of(Room room) {
        return inRoom.get(room.index);
    }

    /** Everybody leaves. */
    void leave() {
        over = true;
        inRoom.forEach(members -> members.forEach(Member::leave));
        stalled.forEach(Member::leave);
    }

    int present() {
        return present;
    }

    int failed() {
        return failed;
    }

    /** The accounts of those who left. */
    Ledger.Sum left() {
        return left;
    }

    /** What went wrong, and how often. */
    Map<String, Integer> troubles() {
        return troubles;
    }
}
