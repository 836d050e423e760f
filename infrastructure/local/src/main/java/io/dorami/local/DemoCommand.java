package io.dorami.local;

import io.dorami.contracts.User;
import io.dorami.contracts.events.Product;
import io.dorami.contracts.keys.StreamKey;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code dorami demo}: a simulated show on the running suite. Only the people are made up: the stream goes live by SRS's
 * hook, viewers and chat come over real sockets, and stock goes down in PostgreSQL.
 */
@Command(name = "demo", description = "Plays a simulated show on the running suite.", mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {

    private static final List<String> LINES = List.of(
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

    @Option(names = "--seconds", defaultValue = "180", description = "How long it goes on (default: ${DEFAULT-VALUE}).")
    private int seconds = 180;

    @Option(names = "--viewers", defaultValue = "25", description = "At the most at once (default: ${DEFAULT-VALUE}).")
    private int viewers = 25;

    private final Random random = new Random();

    @Override
    public Integer call() {
        if (seconds < 1 || seconds > 86_400 || viewers < 1 || viewers > 500) {
            throw new CliError("A demo takes 1 to 86400 seconds and 1 to 500 viewers.");
        }
        DataFolder folder = data.folder();
        URI gateway = folder.address()
                .map(URI::create)
                .orElseThrow(() -> new CliError("Nothing is up here: ./dorami up first."));
        Secrets secrets = Secrets.of(folder, System.getenv());
        DemoSeller seller = new DemoSeller(
                gateway,
                new Ports(gateway.getPort()),
                secrets,
                new User("demo-seller", "Hana's Pottery", User.Role.USER));
        StreamKey key = seller.goLive("Spring at the pottery");
        Thread end = new Thread(seller::end); // on Ctrl-C too, the show is over and says so
        Runtime.getRuntime().addShutdownHook(end);
        System.out.printf("The show is live for %d s: %s/live/%s%n", seconds, gateway, key);
        play(seller, key, gateway, secrets);
        Runtime.getRuntime().removeShutdownHook(end);
        seller.end();
        System.out.println("The show is over.");
        return 0;
    }

    private void play(DemoSeller seller, StreamKey key, URI gateway, Secrets secrets) {
        List<Product> shelf = new ArrayList<>(List.of(
                seller.add("Celadon cup", 12_900, 14),
                seller.add("Moon jar, small", 89_000, 6),
                seller.add("Tea set for four", 129_000, 9),
                seller.add("Rice bowl", 18_500, 30)));
        DemoBuyer shop = new DemoBuyer(gateway, secrets);
        List<DemoViewer> audience = new ArrayList<>();
        Instant until = Instant.now().plusSeconds(seconds);
        for (int turn = 0; Instant.now().isBefore(until); turn++) {
            comeAndGo(audience, key, gateway, secrets, turn);
            if (!audience.isEmpty()) {
                any(audience).say(any(LINES));
            }
            if (turn % 4 == 3 && !shelf.isEmpty()) {
                Product product = any(shelf);
                User buyer = new User("demo-" + turn, "Viewer " + (turn + 1), User.Role.USER);
                if (!shop.buy(buyer, product, 1 + random.nextInt(2))) {
                    System.out.println(product.name() + " is sold out");
                    shelf.remove(product);
                }
            }
            pause(Duration.ofMillis(300 + random.nextInt(900)));
        }
        audience.forEach(DemoViewer::leave);
    }

    /** The room fills at first; then somebody goes for each who comes. */
    private void comeAndGo(List<DemoViewer> audience, StreamKey key, URI gateway, Secrets secrets, int turn) {
        if (audience.size() < viewers) {
            User user = new User("demo-" + turn, "Viewer " + (turn + 1), User.Role.USER);
            audience.add(DemoViewer.join(gateway, key, user, secrets));
        }
        if (audience.size() > viewers / 2 && random.nextInt(3) == 0) {
            audience.remove(random.nextInt(audience.size())).leave();
        }
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private static void pause(Duration time) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(time.toMillis()));
    }
}
