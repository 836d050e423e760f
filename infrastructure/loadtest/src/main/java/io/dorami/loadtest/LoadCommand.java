package io.dorami.loadtest;

import io.dorami.contracts.Json;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.local.CliError;
import io.dorami.local.DataFolder;
import io.dorami.local.DataOption;
import io.dorami.local.Ports;
import io.dorami.local.Service;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dorami load}: real sockets, real talk, and an account of every message. */
@Command(
        name = "load",
        description = "Puts the suite, and its peers, under load and accounts for every message.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true)
public final class LoadCommand implements Callable<Integer> {

    /** Beside the sockets: jars, logs, the servers' own. */
    private static final int OTHER_FILES = 500;

    private static final int PEERS = 30; // ports from the first one on: the suite has 22

    @Parameters(
            index = "0",
            paramLabel = "PROFILE",
            description = "fanout, idle, churn, ccu-500, flash, flv-500 or soak: options that go together, each to be"
                    + " changed.")
    private String profile = "fanout";

    @Option(names = "--rooms", defaultValue = "1", description = "Rooms, each a live stream.")
    private int rooms = 1;

    @Option(names = "--members", defaultValue = "500", description = "Sockets in each room.")
    private int members = 500;

    @Option(names = "--rate", defaultValue = "20", description = "Messages a second in each room.")
    private double rate = 20;

    @Option(names = "--size", defaultValue = "80", description = "Characters of a message.")
    private int size = 80;

    @Option(
            names = "--warmup",
            defaultValue = "8",
            description = "Seconds of talk before it is measured; 0 measures the coming too.")
    private int warmup = 8;

    @Option(names = "--seconds", defaultValue = "15", description = "Seconds that are measured.")
    private int seconds = 15;

    @Option(names = "--ramp", defaultValue = "200", description = "Connects begun in a second.")
    private int ramp = 200;

    @Option(names = "--in-flight", defaultValue = "200", description = "Connects under way at once.")
    private int inFlight = 200;

    @Option(names = "--page", description = "Each member is in a stream's three rooms, as the page is.")
    private boolean page;

    @Option(names = "--stalled", defaultValue = "0", description = "Members of each room who stop reading.")
    private int stalled;

    @Option(names = "--churn", defaultValue = "0", description = "Percent of the members replaced in a minute.")
    private double churn;

    @Option(names = "--orders", defaultValue = "0", description = "Orders a second.")
    private double orders;

    @Option(names = "--stock", defaultValue = "1000", description = "Units that can be ordered.")
    private int stock = 1_000;

    @Option(names = "--calls", defaultValue = "0", description = "REST calls a second, as the page makes them.")
    private double calls;

    @Option(names = "--late", defaultValue = "1000", description = "Milliseconds after which a message is late.")
    private int lateMillis = 1_000;

    @Option(names = "--sample", defaultValue = "50", description = "Sockets whose messages are also read and compared.")
    private int sample = 50;

    @Option(
            names = "--wire",
            split = ",",
            description = "json, socket.io or both: the gateway's protocols (default: json).")
    private List<String> wires = new ArrayList<>();

    @Option(names = "--compare", description = "The peers too, in the same run: Node's socket.io and Nginx's nchan.")
    private boolean compare;

    @Option(names = "--peers", split = ",", defaultValue = "socket.io,nchan", description = "Which ones.")
    private List<String> peers = new ArrayList<>();

    @Option(names = "--rounds", defaultValue = "1", description = "Runs of each, one after the other in turn.")
    private int rounds = 1;

    @Option(
            names = "--native",
            split = ",",
            paramLabel = "SERVICE",
            description = "These are native executables, built already: gateway, chat-service, srs-hook-service, ...")
    private List<String> natives = List.of();

    @Option(
            names = "--java-opts",
            defaultValue = "-Xmx512m -XX:TieredStopAtLevel=4",
            description = "Heap and compilers of the services.")
    private String javaOptions = "";

    @Option(names = "--port", defaultValue = "27080", description = "First of 50 ports for what is started.")
    private int port = 27_080;

    @Option(
            names = "--url",
            paramLabel = "ADDRESS",
            description = "A suite that is up already; --data says where its secrets are.")
    private @Nullable URI url;

    @Option(names = "--flv", paramLabel = "ADDRESS", description = "flv-500: the stream's address at SRS.")
    private @Nullable URI flv;

    @Option(names = "--allow-remote", description = "Addresses beyond this machine: only where it is yours to load.")
    private boolean allowRemote;

    @Mixin
    private DataOption data = new DataOption();

    private String[] said = {};

    public static void main(String[] arguments) {
        LoadCommand load = new LoadCommand();
        load.said = arguments;
        CommandLine command = new CommandLine(load).setOverwrittenOptionsAllowed(true);
        command.setExecutionExceptionHandler((e, line, result) -> {
            if (!(e instanceof CliError || e instanceof DoramiException)) {
                throw e;
            }
            line.getErr().println(e.getMessage());
            return 1;
        });
        System.exit(command.execute(expanded(arguments)));
    }

    /** A profile is its options, said before the user's own, which win. */
    private static String[] expanded(String[] arguments) {
        return Stream.of(Profile.values())
                .filter(profile -> arguments.length > 0 && profile.toString().equals(arguments[0]))
                .findFirst()
                .map(profile -> Stream.of(
                                Stream.of(arguments[0]),
                                Stream.of(profile.options()),
                                Stream.of(arguments).skip(1))
                        .flatMap(part -> part)
                        .toArray(String[]::new))
                .orElse(arguments);
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        Profile chosen = Stream.of(Profile.values())
                .filter(one -> one.toString().equals(profile))
                .findFirst()
                .orElseThrow(() -> new CliError(
                        "There is no profile " + profile + ". There are: " + Arrays.toString(Profile.values())));
        Plan plan = plan();
        requireFiles(plan.sockets());
        requireAllowed(url);
        requireAllowed(flv);
        requireServices(natives);
        Path home =
                Path.of(System.getProperty("dorami.home", ".")).toAbsolutePath().normalize();
        Path folder = data.folder().path().resolve("load");
        Cores cores = Cores.ofThisMachine();
        List<RunResult> results = new ArrayList<>();
        if (chosen == Profile.FLV_500) {
            if (flv == null) {
                throw new CliError(
                        "flv-500 needs SRS: --flv http://localhost:8080/live/KEY.flv, of a stream that is live.");
            }
            results.add(FlvRun.of(plan, flv, cores, System.err));
            System.out.print(TextReport.of(results.getFirst()));
            return finish(results, folder, cores);
        }
        try (Targets targets = new Targets()) {
            targets.add(ours(home, folder, cores));
            if (compare) {
                addPeers(targets, home, folder, cores);
            }
            cores.pinLoad();
            for (int round = 0; round < rounds; round++) {
                for (Target target : targets.all()) {
                    RunResult result = LoadRun.of(plan, target, cores, System.err);
                    System.out.print(TextReport.of(result));
                    results.add(result);
                }
            }
        }
        return finish(results, folder, cores);
    }

    /** 2 where the numbers may not be believed. */
    private int finish(List<RunResult> results, Path folder, Cores cores) throws IOException {
        LoadResults outcome = new LoadResults(
                "./dorami load " + String.join(" ", said), LoadResults.machine(cores), Instant.now(), results);
        System.out.print(TextReport.comparison(outcome));
        write(outcome, folder);
        return results.stream().anyMatch(result -> !result.verdict().isEmpty()) ? 2 : 0;
    }

    private Plan plan() {
        return new Plan(
                profile,
                rooms,
                members,
                rate,
                size,
                Duration.ofSeconds(warmup),
                Duration.ofSeconds(seconds),
                ramp,
                inFlight,
                page,
                stalled,
                churn,
                orders,
                stock,
                calls,
                sample,
                Duration.ofMillis(lateMillis));
    }

    private static void requireServices(List<String> names) {
        List<String> known = Stream.of(Service.values()).map(Service::folder).toList();
        for (String name : names) {
            if (!known.contains(name)) {
                throw new CliError("--native knows no " + name + ". There are: " + known);
            }
        }
    }

    private List<Target> ours(Path home, Path folder, Cores cores) {
        DoramiTarget suite;
        if (url != null) {
            suite = DoramiTarget.running(url, data.folder());
        } else {
            List<Service> services =
                    page ? List.of(Service.values()) : List.of(Service.GATEWAY, Service.CHAT, Service.STREAM);
            suite = DoramiTarget.start(
                    home, new DataFolder(folder), new Ports(port), cores, services, natives, javaOptions);
        }
        List<Target> targets = new ArrayList<>();
        for (String wire : wires.isEmpty() ? List.of("json") : wires) {
            targets.add(suite.speaking(wire));
        }
        return targets;
    }

    private void addPeers(Targets targets, Path home, Path folder, Cores cores) {
        Path sources = home.resolve("infrastructure/loadtest/peers");
        for (String peer : peers) {
            Path own = folder.resolve("peers").resolve(peer);
            targets.add(List.of(
                    switch (peer) {
                        case "socket.io" ->
                            SocketIoPeer.start(sources.resolve(peer), own, port + PEERS, port + PEERS + 1, cores);
                        case "nchan" -> NchanPeer.start(sources.resolve(peer), own, port + PEERS + 2, cores);
                        default -> throw new CliError("--peers are socket.io and nchan, not " + peer + ".");
                    }));
        }
    }

    /** What is measured, in order; ended all together. */
    private static final class Targets implements AutoCloseable {

        private final List<Target> all = new ArrayList<>();

        void add(List<Target> targets) {
            all.addAll(targets);
        }

        List<Target> all() {
            return all;
        }

        @Override
        public void close() {
            all.forEach(Target::close);
        }
    }

    private void write(LoadResults outcome, Path folder) throws IOException {
        String name =
                DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss")
                                .withZone(ZoneId.systemDefault())
                                .format(outcome.at()) + "-" + profile;
        Path json = Files.createDirectories(folder.resolve("results")).resolve(name + ".json");
        Files.writeString(json, Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(outcome));
        Path page = json.resolveSibling(name + ".html");
        Files.writeString(page, HtmlReport.of(outcome));
        System.out.println("Page:   " + page);
        System.out.println("Result: " + json);
    }

    private void requireAllowed(@Nullable URI address) {
        if (address == null) {
            return;
        }
        try {
            if (address.getHost() == null) {
                throw new CliError(address + " is not an address such as http://localhost:8080.");
            }
            if (!allowRemote && !InetAddress.getByName(address.getHost()).isLoopbackAddress()) {
                throw new CliError(
                        address.getHost() + " is another machine: --allow-remote, if it is yours to put under load.");
            }
        } catch (UnknownHostException e) {
            throw new CliError("There is no " + address.getHost() + ".");
        }
    }

    private static void requireFiles(int sockets) throws IOException {
        Path limits = Path.of("/proc/self/limits");
        if (Files.exists(limits)) {
            long allowed = Files.readAllLines(limits).stream()
                    .filter(line -> line.startsWith("Max open files"))
                    .map(line -> line.strip().split("\\s+")[4])
                    .filter(word -> word.chars().allMatch(Character::isDigit))
                    .mapToLong(Long::parseLong)
                    .findFirst()
                    .orElse(Long.MAX_VALUE);
            if (sockets + OTHER_FILES > allowed) {
                throw new CliError("%d sockets need %d open files, and here a process may have %d: ulimit -n %d"
                        .formatted(sockets, sockets + OTHER_FILES, allowed, sockets + OTHER_FILES));
            }
        }
    }
}
