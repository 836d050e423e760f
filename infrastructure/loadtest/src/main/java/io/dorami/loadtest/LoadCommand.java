package io.dorami.loadtest;

import io.dorami.contracts.Json;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.loadtest.measurement.Cores;
import io.dorami.loadtest.plan.Plan;
import io.dorami.loadtest.plan.Profile;
import io.dorami.loadtest.report.HtmlReport;
import io.dorami.loadtest.report.LoadResults;
import io.dorami.loadtest.report.RunResult;
import io.dorami.loadtest.report.TextReport;
import io.dorami.loadtest.run.FlvRun;
import io.dorami.loadtest.run.LoadRun;
import io.dorami.loadtest.targets.DoramiTarget;
import io.dorami.loadtest.targets.NchanPeer;
import io.dorami.loadtest.targets.SocketIoPeer;
import io.dorami.loadtest.targets.Target;
import io.dorami.local.CliError;
import io.dorami.local.cli.DataOption;
import io.dorami.local.system.DataFolder;
import io.dorami.local.system.Ports;
import io.dorami.local.system.Service;
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

/** {@code dorami load}: a load run over real sockets, with an account of every message. */
@Command(
        name = "load",
        description = "Puts the system, and its peers, under load and accounts for every message.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true)
public final class LoadCommand implements Callable<Integer> {

    /** Open files besides the sockets: jars, logs, and those of the servers. */
    private static final int RESERVED_FILES = 500;

    /** Offset of the peers' ports; the system uses 22. */
    private static final int PEER_PORT_OFFSET = 30;

    @Parameters(
            index = "0",
            paramLabel = "PROFILE",
            description = "fanout, idle, churn, ccu-500, flash, flv-500 or soak: a set of options, each of which can be"
                    + " overridden.")
    private String profile = "fanout";

    @Option(names = "--rooms", defaultValue = "1", description = "Rooms, each a live stream.")
    private int rooms = 1;

    @Option(names = "--members", defaultValue = "500", description = "Sockets in each room.")
    private int members = 500;

    @Option(names = "--rate", defaultValue = "20", description = "Messages per second in each room.")
    private double rate = 20;

    @Option(names = "--size", defaultValue = "80", description = "Characters of a message.")
    private int size = 80;

    @Option(
            names = "--warmup",
            defaultValue = "8",
            description = "Seconds of messages before the measurement; 0 measures the joins too.")
    private int warmup = 8;

    @Option(names = "--seconds", defaultValue = "15", description = "Measured seconds.")
    private int seconds = 15;

    @Option(names = "--ramp", defaultValue = "200", description = "Connects started per second.")
    private int ramp = 200;

    @Option(names = "--in-flight", defaultValue = "200", description = "Concurrent connects.")
    private int inFlight = 200;

    @Option(names = "--page", description = "Each member joins the stream's three rooms, as the page does.")
    private boolean page;

    @Option(names = "--stalled", defaultValue = "0", description = "Members of each room that stop reading.")
    private int stalled;

    @Option(names = "--churn", defaultValue = "0", description = "Percent of the members replaced per minute.")
    private double churn;

    @Option(names = "--orders", defaultValue = "0", description = "Orders per second.")
    private double orders;

    @Option(names = "--stock", defaultValue = "1000", description = "Units that can be ordered.")
    private int stock = 1_000;

    @Option(names = "--calls", defaultValue = "0", description = "REST calls per second, as the page makes them.")
    private double calls;

    @Option(names = "--late", defaultValue = "1000", description = "Milliseconds after which a message is late.")
    private int lateMillis = 1_000;

    @Option(
            names = "--sample",
            defaultValue = "50",
            description = "Sockets whose messages are compared with the sent text.")
    private int sample = 50;

    @Option(
            names = "--wire",
            defaultValue = "json",
            description = "Protocols of the gateway: json, socket.io or json,socket.io.")
    private String protocols = "json"; // not a list: picocli adds to a list, where the user's option overrides

    @Option(names = "--compare", description = "Runs the peers too: Node's socket.io and Nginx's nchan.")
    private boolean compare;

    @Option(names = "--peers", split = ",", defaultValue = "socket.io,nchan", description = "Peers of --compare.")
    private List<String> peers = new ArrayList<>();

    @Option(names = "--rounds", defaultValue = "1", description = "Runs of each target, in turn.")
    private int rounds = 1;

    @Option(
            names = "--native",
            split = ",",
            paramLabel = "SERVICE",
            description = "Runs these services as native executables, already built: gateway, chat-service, ...")
    private List<String> nativeServices = List.of();

    @Option(
            names = "--java-opts",
            defaultValue = "-Xmx512m -XX:TieredStopAtLevel=4",
            description = "Java options of the services.")
    private String javaOptions = "";

    @Option(names = "--port", defaultValue = "27080", description = "First of 50 ports for the started servers.")
    private int port = 27_080;

    @Option(
            names = "--url",
            paramLabel = "ADDRESS",
            description = "A system that is already running; --data is the folder of its secrets.")
    private @Nullable URI url;

    @Option(names = "--flv", paramLabel = "ADDRESS", description = "flv-500: address of the stream at SRS.")
    private @Nullable URI flv;

    @Option(
            names = "--allow-remote",
            description = "Allows other machines; use only if they are yours to put under load.")
    private boolean allowRemote;

    @Mixin
    private DataOption data = new DataOption();

    private String[] commandArguments = {};

    public static void main(String[] arguments) {
        LoadCommand load = new LoadCommand();
        load.commandArguments = arguments;
        CommandLine command = load.commandLine();
        command.setExecutionExceptionHandler((e, line, result) -> {
            if (!(e instanceof CliError || e instanceof DoramiException)) {
                throw e;
            }
            line.getErr().println(e.getMessage());
            return 1;
        });
        System.exit(command.execute(withProfileOptions(arguments)));
    }

    /** Reads the arguments without running the command. */
    static LoadCommand parse(String... arguments) {
        LoadCommand load = new LoadCommand();
        load.commandLine().parseArgs(withProfileOptions(arguments));
        return load;
    }

    private CommandLine commandLine() {
        return new CommandLine(this).setOverwrittenOptionsAllowed(true);
    }

    /** Inserts the options of the profile before those of the user, which override them. */
    private static String[] withProfileOptions(String[] arguments) {
        return Stream.of(Profile.values())
                .filter(profile -> arguments.length > 0 && profile.toString().equals(arguments[0]))
                .findFirst()
                .map(profile -> Stream.of(
                                Stream.of(arguments[0]),
                                Stream.of(profile.options()),
                                Stream.of(arguments).skip(1))
                        .flatMap(options -> options)
                        .toArray(String[]::new))
                .orElse(arguments);
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        Profile chosen = Stream.of(Profile.values())
                .filter(candidate -> candidate.toString().equals(profile))
                .findFirst()
                .orElseThrow(() -> new CliError(
                        "Unknown profile " + profile + ". Choose one of " + Arrays.toString(Profile.values())));
        Plan plan = plan();
        requireFiles(plan.sockets());
        requireAllowed(url);
        requireAllowed(flv);
        requireServices(nativeServices);
        requireProtocols();
        requireComparable(plan);
        Path home =
                Path.of(System.getProperty("dorami.home", ".")).toAbsolutePath().normalize();
        Path folder = data.folder().path().resolve("load");
        Cores cores = Cores.ofThisMachine();
        List<RunResult> results = new ArrayList<>();
        if (chosen == Profile.FLV_500) {
            if (flv == null) {
                throw new CliError("flv-500 needs a live stream of SRS: --flv http://localhost:8080/live/KEY.flv");
            }
            results.add(FlvRun.of(plan, flv, cores, System.err));
            System.out.print(TextReport.of(results.getFirst()));
            return report(results, folder, cores);
        }
        try (Targets targets = new Targets()) {
            targets.add(doramiTargets(home, folder, cores));
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
        return report(results, folder, cores);
    }

    /** Prints and writes the results. Returns the exit code: 2 if the numbers are invalid. */
    private int report(List<RunResult> results, Path folder, Cores cores) throws IOException {
        LoadResults loadResults = new LoadResults(
                "./dorami load " + String.join(" ", commandArguments),
                LoadResults.machine(cores),
                Instant.now(),
                results);
        System.out.print(TextReport.comparison(loadResults));
        write(loadResults, folder);
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

    private void requireProtocols() {
        for (String protocol : protocols()) {
            if (!List.of("json", "socket.io").contains(protocol)) {
                throw new CliError("--wire: expected json or socket.io, got " + protocol + ".");
            }
        }
    }

    /** The runs of a comparison must be the same for all targets. */
    private void requireComparable(Plan plan) {
        if (compare && (plan.orders() > 0 || plan.calls() > 0)) {
            throw new CliError("--compare: the peers have no shop and no REST API. Add --orders 0 --calls 0, or leave"
                    + " --compare out.");
        }
    }

    /** Protocols of the gateway, each of which is measured. */
    List<String> protocols() {
        return List.of(protocols.split(",", -1));
    }

    private static void requireServices(List<String> names) {
        List<String> known = Stream.of(Service.values()).map(Service::folder).toList();
        for (String name : names) {
            if (!known.contains(name)) {
                throw new CliError("--native: unknown service " + name + ". Choose from " + known);
            }
        }
    }

    private List<Target> doramiTargets(Path home, Path folder, Cores cores) {
        DoramiTarget dorami;
        if (url != null) {
            dorami = DoramiTarget.attach(url, data.folder());
        } else {
            List<Service> services =
                    page ? List.of(Service.values()) : List.of(Service.GATEWAY, Service.CHAT, Service.STREAM);
            dorami = DoramiTarget.start(
                    home, new DataFolder(folder), new Ports(port), cores, services, nativeServices, javaOptions);
        }
        List<Target> targets = new ArrayList<>();
        for (String protocol : protocols()) {
            targets.add(dorami.withProtocol(protocol));
        }
        return targets;
    }

    private void addPeers(Targets targets, Path home, Path folder, Cores cores) {
        Path sources = home.resolve("infrastructure/loadtest/peers");
        for (String peer : peers) {
            Path peerFolder = folder.resolve("peers").resolve(peer);
            targets.add(List.of(
                    switch (peer) {
                        case "socket.io" ->
                            SocketIoPeer.start(
                                    sources.resolve(peer),
                                    peerFolder,
                                    port + PEER_PORT_OFFSET,
                                    port + PEER_PORT_OFFSET + 1,
                                    cores);
                        case "nchan" ->
                            NchanPeer.start(sources.resolve(peer), peerFolder, port + PEER_PORT_OFFSET + 2, cores);
                        default -> throw new CliError("--peers: expected socket.io or nchan, got " + peer + ".");
                    }));
        }
    }

    /** Targets of the command, in order; closed together. */
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

    private void write(LoadResults loadResults, Path folder) throws IOException {
        String name =
                DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss")
                                .withZone(ZoneId.systemDefault())
                                .format(loadResults.at()) + "-" + profile;
        Path json = Files.createDirectories(folder.resolve("results")).resolve(name + ".json");
        Files.writeString(json, Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(loadResults));
        Path page = json.resolveSibling(name + ".html");
        Files.writeString(page, HtmlReport.of(loadResults));
        System.out.println("Page:   " + page);
        System.out.println("Result: " + json);
    }

    private void requireAllowed(@Nullable URI address) {
        if (address == null) {
            return;
        }
        try {
            if (address.getHost() == null) {
                throw new CliError(address + ": expected an address such as http://localhost:8080.");
            }
            if (!allowRemote && !InetAddress.getByName(address.getHost()).isLoopbackAddress()) {
                throw new CliError(address.getHost()
                        + " is another machine. Add --allow-remote if it is yours to put under load.");
            }
        } catch (UnknownHostException e) {
            throw new CliError("Unknown host " + address.getHost() + ".");
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
            if (sockets + RESERVED_FILES > allowed) {
                throw new CliError("%d sockets need %d open files, but the limit is %d. Raise it with: ulimit -n %d"
                        .formatted(sockets, sockets + RESERVED_FILES, allowed, sockets + RESERVED_FILES));
            }
        }
    }
}
