package io.dorami.loadtest;

import io.dorami.contracts.DoramiException;
import io.dorami.contracts.Json;
import io.dorami.local.Complaint;
import io.dorami.local.DataFolder;
import io.dorami.local.DataOption;
import io.dorami.local.Ports;
import io.dorami.local.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
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
        sortOptions = false)
public final class Load implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "PROFILE", description = "fanout")
    private String profile = "fanout";

    @Option(
            names = "--rooms",
            defaultValue = "1",
            description = "Rooms, each a live stream (default: ${DEFAULT-VALUE}).")
    private int rooms = 1;

    @Option(
            names = "--members",
            defaultValue = "500",
            description = "Sockets in each room (default: ${DEFAULT-VALUE}).")
    private int members = 500;

    @Option(
            names = "--rate",
            defaultValue = "20",
            description = "Messages a second in each room (default: ${DEFAULT-VALUE}).")
    private double rate = 20;

    @Option(names = "--size", defaultValue = "80", description = "Characters of a message (default: ${DEFAULT-VALUE}).")
    private int size = 80;

    @Option(
            names = "--warmup",
            defaultValue = "8",
            description = "Seconds of talk before it is measured (default: ${DEFAULT-VALUE}).")
    private int warmup = 8;

    @Option(
            names = "--seconds",
            defaultValue = "15",
            description = "Seconds that are measured (default: ${DEFAULT-VALUE}).")
    private int seconds = 15;

    @Option(
            names = "--ramp",
            defaultValue = "200",
            description = "Connects begun in a second (default: ${DEFAULT-VALUE}).")
    private int ramp = 200;

    @Option(
            names = "--in-flight",
            defaultValue = "200",
            description = "Connects under way at once (default: ${DEFAULT-VALUE}).")
    private int inFlight = 200;

    @Option(
            names = "--port",
            defaultValue = "27080",
            description = "First port of what is started (default: ${DEFAULT-VALUE}).")
    private int port = 27_080;

    @Option(
            names = "--java-opts",
            defaultValue = "-Xmx512m -XX:TieredStopAtLevel=4",
            description = "Heap and compilers of the services under load (default: ${DEFAULT-VALUE}).")
    private String javaOptions = "-Xmx512m -XX:TieredStopAtLevel=4";

    @Option(
            names = "--late",
            defaultValue = "1000",
            description = "Milliseconds after which a message is late (default: ${DEFAULT-VALUE}).")
    private int lateMillis = 1_000;

    @Mixin
    private DataOption data = new DataOption();

    public static void main(String[] arguments) {
        CommandLine load = new CommandLine(new Load());
        load.setExecutionExceptionHandler((e, command, result) -> {
            if (!(e instanceof Complaint || e instanceof DoramiException)) {
                throw e;
            }
            command.getErr().println(e.getMessage());
            return 1;
        });
        System.exit(load.execute(arguments));
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        Plan plan = new Plan(
                profile,
                rooms,
                members,
                rate,
                size,
                Duration.ofSeconds(warmup),
                Duration.ofSeconds(seconds),
                ramp,
                inFlight,
                false,
                50,
                Duration.ofMillis(lateMillis));
        Path home =
                Path.of(System.getProperty("dorami.home", ".")).toAbsolutePath().normalize();
        Cores cores = Cores.ofThisMachine();
        DataFolder folder = new DataFolder(data.folder().path().resolve("load"));
        try (Target target = DoramiTarget.start(
                home,
                folder,
                new Ports(port),
                cores,
                List.of(Service.GATEWAY, Service.CHAT, Service.STREAM),
                javaOptions,
                new JsonWire())) {
            cores.pinLoad();
            Result result = Run.of(plan, target, cores, System.err);
            System.out.print(Report.of(result));
            Path file = Files.createDirectories(folder.path()).resolve("result.json");
            Files.writeString(file, Json.write(result));
            System.out.println(file);
            return result.isVoid() ? 2 : 0;
        }
    }
}
