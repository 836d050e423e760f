package io.dorami.local.cli;

import io.dorami.contracts.User;
import io.dorami.contracts.events.Product;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.local.CliError;
import io.dorami.local.demo.DemoBuyer;
import io.dorami.local.demo.DemoSeller;
import io.dorami.local.demo.DemoShow;
import io.dorami.local.demo.DemoViewer;
import io.dorami.local.system.DataFolder;
import io.dorami.local.system.Ports;
import io.dorami.local.system.Secrets;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code dorami demo}: a simulated show on the running system. Only the users are simulated: the picture is real if
 * FFmpeg is installed, viewers and chat use real sockets, and purchases reduce the stock in PostgreSQL.
 */
@Command(name = "demo", description = "Plays a simulated show on the running system.", mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {

    private static final List<String> MESSAGES = List.of(
            "안녕하세요! Hello from Seoul",
            "Is the blue one still there?",
            "How big is it next to a hand?",
            "I have last year's, still like new",
            "Shipping to Busan?",
            "That color!!",
            "Just bought two 🎉",
            "Can you show the inside?",
            "Is it dishwasher safe?",
            "My sister needs one of these",
            "What a price ㅋㅋㅋ",
            "Take my money");

    @Mixin
    private DataOption data = new DataOption();

    @Option(names = "--seconds", defaultValue = "180", description = "Duration (default: ${DEFAULT-VALUE}).")
    private int seconds = 180;

    @Option(
            names = "--viewers",
            defaultValue = "25",
            description = "Viewers at once, at most (default: ${DEFAULT-VALUE}).")
    private int maxViewers = 25;

    private final Random random = new Random();

    @Override
    public Integer call() {
        if (seconds < 1 || seconds > 86_400 || maxViewers < 1 || maxViewers > 500) {
            throw new CliError("--seconds: expected 1 to 86400; --viewers: expected 1 to 500.");
        }
        DataFolder folder = data.folder();
        URI gateway = folder.address()
                .map(URI::create)
                .orElseThrow(() -> new CliError("The system is not running. Run ./dorami up first."));
        Secrets secrets = Secrets.of(folder, System.getenv());
        DemoSeller seller = new DemoSeller(
                gateway,
                new Ports(gateway.getPort()),
                secrets,
                new User("demo-seller", "Hana's Pottery", User.Role.USER));
        DemoShow show = new DemoShow(seller, "Spring at the pottery", folder, Duration.ofSeconds(seconds));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> endInterrupted(show)));
        show.goLive();
        System.out.printf("The show is live for %d s: %s/live/%s%n", seconds, gateway, show.key());
        System.out.println("Picture: " + show.describePicture());
        play(seller, show, gateway, secrets);
        show.close();
        System.out.println("The show is over.");
        return 0;
    }

    /** Ends the show on Ctrl-C, on ./dorami down, and after a failure. */
    private static void endInterrupted(DemoShow show) {
        try {
            show.close();
        } catch (CliError e) {
            System.err.println(e.getMessage()); // the system may have stopped before
        }
    }

    private void play(DemoSeller seller, DemoShow show, URI gateway, Secrets secrets) {
        List<Product> products = new ArrayList<>(List.of(
                seller.addProduct("Celadon cup", "12.90", 14),
                seller.addProduct("Moon jar, small", "89.00", 6),
                seller.addProduct("Tea set for four", "129.00", 9),
                seller.addProduct("Rice bowl", "18.50", 30)));
        DemoBuyer buyer = new DemoBuyer(gateway, secrets);
        List<DemoViewer> viewers = new ArrayList<>();
        Instant until = Instant.now().plusSeconds(seconds);
        for (int turn = 0; Instant.now().isBefore(until); turn++) {
            show.reconnectEncoder();
            joinAndLeave(viewers, show.key(), gateway, secrets, turn);
            if (!viewers.isEmpty()) {
                pickRandom(viewers).sendMessage(pickRandom(MESSAGES));
            }
            if (turn % 4 == 3 && !products.isEmpty()) {
                buy(buyer, new User("demo-" + turn, "Viewer " + (turn + 1), User.Role.USER), products);
            }
            sleep(Duration.ofMillis(300 + random.nextInt(900)));
        }
        viewers.forEach(DemoViewer::leave);
    }

    /** Orders one or two of the products, and removes those that are sold out from the list. */
    private void buy(DemoBuyer buyer, User user, List<Product> products) {
        Collections.shuffle(products, random);
        boolean hasItems = false;
        for (Product product : List.copyOf(products.subList(0, Math.min(products.size(), 1 + random.nextInt(2))))) {
            if (buyer.addToCart(user, product, 1 + random.nextInt(2))) {
                hasItems = true;
            } else {
                System.out.println(product.name() + " is sold out");
                products.remove(product);
            }
        }
        if (hasItems) {
            buyer.orderAndPay(user);
        }
    }

    /** Fills the room; then viewers leave about as often as others join. */
    private void joinAndLeave(List<DemoViewer> viewers, StreamKey key, URI gateway, Secrets secrets, int turn) {
        if (viewers.size() < maxViewers) {
            User user = new User("demo-" + turn, "Viewer " + (turn + 1), User.Role.USER);
            viewers.add(DemoViewer.join(gateway, key, user, secrets));
        }
        if (viewers.size() > maxViewers / 2 && random.nextInt(3) == 0) {
            viewers.remove(random.nextInt(viewers.size())).leave();
        }
    }

    private <T> T pickRandom(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private static void sleep(Duration time) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(time.toMillis()));
    }
}
