package io.dorami.local.cli;

import io.dorami.local.CliError;
import io.dorami.local.media.HlsFileServer;
import io.dorami.local.media.LocalSrs;
import io.dorami.local.observe.LocalPrometheus;
import io.dorami.local.process.PidFile;
import io.dorami.local.process.ProcessSpec;
import io.dorami.local.stores.LocalPostgres;
import io.dorami.local.stores.LocalRedis;
import io.dorami.local.supervisor.Console;
import io.dorami.local.supervisor.ReadinessCheck;
import io.dorami.local.supervisor.Supervisor;
import io.dorami.local.system.DataFolder;
import io.dorami.local.system.Environment;
import io.dorami.local.system.Ports;
import io.dorami.local.system.Secrets;
import io.dorami.local.system.Service;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dorami up}: starts PostgreSQL and Redis, then the five services and SRS, and runs until it is stopped. */
@Command(name = "up", description = "Starts PostgreSQL, Redis and the five services.", mixinStandardHelpOptions = true)
final class UpCommand implements Callable<Integer> {

    /** Name of PostgreSQL and Redis in {@code --only}. */
    private static final String STORES = "stores";

    @Mixin
    private DataOption data = new DataOption();

    @Option(
            names = "--port",
            defaultValue = "${env:DORAMI_PORT:-8080}",
            description = "Port of the gateway; the others follow from it (default: DORAMI_PORT or 8080).")
    private int port = 8080;

    @Option(names = "--detach", description = "Returns when everything is ready, and leaves it running.")
    private boolean detach;

    @Option(names = "--fresh", description = "Empties Redis and PostgreSQL first.")
    private boolean fresh;

    @Option(names = "--native", description = "Runs the native executables.")
    private boolean nativeImage;

    @Option(
            names = "--only",
            paramLabel = "LIST",
            description =
                    "Starts only these, separated by commas: stores (PostgreSQL and Redis, always included) and names of services.")
    private @Nullable String only;

    @Option(names = "--observe", description = "Runs Prometheus too, with the project's alert rules.")
    private boolean observe;

    @Option(names = "--background", hidden = true, description = "Started by --detach: prints no process output.")
    private boolean background;

    @Override
    public Integer call() throws IOException, InterruptedException {
        DataFolder folder = data.folder();
        Ports ports = new Ports(port);
        List<Service> services = selectServices(only);
        Optional<ProcessHandle> running = folder.launcherPidFile().process();
        if (running.isPresent()) {
            if (fresh) {
                throw new CliError("The system is running. Run ./dorami down before --fresh.");
            }
            System.out.println(folder.address()
                    .map(address -> "Already up: " + address)
                    .orElse("Already starting (process " + running.get().pid() + ")."));
            return 0;
        }
        return detach ? DetachedLauncher.start(folder, options()) : run(folder, ports, services);
    }

    /** Parses {@code --only}; without it, selects all services. The order of the services is the order of their ports. */
    static List<Service> selectServices(@Nullable String only) {
        if (only == null) {
            return List.of(Service.values());
        }
        Set<Service> selected = EnumSet.noneOf(Service.class);
        for (String name : only.split(",", -1)) {
            if (!name.strip().equals(STORES)) {
                selected.add(Service.find(name.strip())
                        .orElseThrow(() -> new CliError("--only: there is no \"%s\". Choose from: %s, %s."
                                .formatted(name.strip(), STORES, Service.names()))));
            }
        }
        return List.copyOf(selected);
    }

    /** The options of this command for the detached launcher. */
    private List<String> options() {
        List<String> options = new ArrayList<>(List.of("--port", Integer.toString(port)));
        if (fresh) {
            options.add("--fresh");
        }
        if (nativeImage) {
            options.add("--native");
        }
        if (observe) {
            options.add("--observe");
        }
        if (only != null) {
            options.addAll(List.of("--only", only));
        }
        return options;
    }

    private int run(DataFolder folder, Ports ports, List<Service> services) throws InterruptedException {
        Console console = new Console(System.out, !background);
        FileChannel lock = folder.lock();
        Supervisor supervisor = new Supervisor(folder, console);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(folder, supervisor, lock, console)));
        folder.stopOrphans()
                .forEach(name -> console.printStatus(name, "stopped: an earlier launcher had left it running"));
        ports.requireFree(services);
        folder.deleteMedia();
        if (fresh) {
            folder.deleteStores();
        }

        Optional<Path> prometheus = observe ? Optional.of(LocalPrometheus.findExecutable()) : Optional.empty();
        // SRS rejects every encoder and viewer without srs-hook-service.
        Optional<Path> srs = services.contains(Service.STREAM)
                ? LocalSrs.findExecutable(System.getenv("DORAMI_SRS"))
                : Optional.empty();
        start(folder, ports, services, srs, prometheus, supervisor, console);
        folder.setAddress(ports.address());
        console.print(
                services.size() == Service.values().length
                        ? summary(folder, ports, srs.isPresent())
                        : partialSummary(folder, ports, services));
        if (observe) {
            console.print("  Prometheus  " + LocalPrometheus.address(ports.prometheus()) + ", alerts at /alerts");
        }
        new CountDownLatch(1).await(); // until the shutdown hook has stopped everything
        return 0;
    }

    /** Starts the system in order: the stores, then the services with the media server. */
    private void start(
            DataFolder folder,
            Ports ports,
            List<Service> services,
            Optional<Path> srs,
            Optional<Path> prometheus,
            Supervisor supervisor,
            Console console) {
        Secrets secrets = Secrets.of(folder, System.getenv());
        Map<String, String> environment = Environment.of(ports, secrets, srs.isPresent(), System.getenv());
        Path root =
                Path.of(System.getProperty("dorami.home", ".")).toAbsolutePath().normalize();
        List<ProcessSpec> specs = new ArrayList<>();
        List<ReadinessCheck> checks = new ArrayList<>();
        for (Service service : services) {
            specs.add(service.processSpec(root, ports, environment, nativeImage));
            checks.add(new ReadinessCheck(
                    service.folder(), () -> ReadinessCheck.isServiceReady(ports.management(service))));
        }
        srs.ifPresent(executable -> {
            LocalSrs.Listeners listeners = Environment.srsListeners(ports, System.getenv());
            specs.add(LocalSrs.processSpec(
                    executable,
                    root.resolve("infrastructure/docker/srs/srs.conf"),
                    folder.media(),
                    listeners,
                    "127.0.0.1:" + ports.http(Service.STREAM),
                    secrets.srs()));
            checks.add(new ReadinessCheck(LocalSrs.NAME, listeners::acceptConnections));
        });
        prometheus.ifPresent(executable -> {
            specs.add(LocalPrometheus.processSpec(
                    executable, root, folder.prometheus(), ports.prometheus(), managementPorts(ports, services)));
            checks.add(new ReadinessCheck(LocalPrometheus.NAME, () -> LocalPrometheus.isReady(ports.prometheus())));
        });

        supervisor.start(List.of(LocalPostgres.processSpec(folder.postgres(), ports.postgres())));
        supervisor.start(List.of(LocalRedis.processSpec(folder.redis(), ports.redis())));
        ReadinessCheck.awaitAll(
                List.of(
                        new ReadinessCheck(LocalPostgres.NAME, () -> LocalPostgres.isReady(ports.postgres())),
                        new ReadinessCheck(LocalRedis.NAME, () -> LocalRedis.isReady(ports.redis()))),
                folder,
                console);
        LocalPostgres.prepareDatabase(ports.postgres(), secrets.postgres());

        if (srs.isEmpty() && services.contains(Service.STREAM)) {
            HlsFileServer.start(folder.media(), ports.media());
        }
        supervisor.start(specs);
        ReadinessCheck.awaitAll(checks, folder, console);
    }

    private static Map<String, Integer> managementPorts(Ports ports, List<Service> services) {
        Map<String, Integer> managementPorts = new LinkedHashMap<>();
        services.forEach(service -> managementPorts.put(service.folder(), ports.management(service)));
        return managementPorts;
    }

    private static void stop(DataFolder folder, Supervisor supervisor, FileChannel lock, Console console) {
        if (folder.address().isPresent()) {
            console.print("Stopping ...");
        }
        folder.setAddress(null);
        PidFile.stop(folder.demoFiles(), ProcessSpec.SHUTDOWN_TIMEOUT); // while they can still end their shows
        supervisor.stop();
        folder.launcherPidFile().delete();
        try {
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String partialSummary(DataFolder folder, Ports ports, List<Service> services) {
        StringBuilder lines = new StringBuilder();
        services.forEach(service -> lines.append("  %-18shttp://localhost:%d, metrics http://localhost:%d/q/metrics%n"
                .formatted(service.folder(), ports.http(service), ports.management(service))));
        return """

                Dorami is up, without the services that --only leaves out.
                  PostgreSQL        %s
                  Redis             %s
                %s  Secrets           %s
                  Live reload       ./dorami dev SERVICE
                  Logs              %s
                  Stop              ./dorami down
                """.formatted(
                        LocalPostgres.address(ports.postgres()),
                        LocalRedis.address(ports.redis()),
                        lines,
                        Secrets.file(folder),
                        folder.log("gateway").getParent());
    }

    /** Describes how a picture gets into the system. */
    private static String mediaSummary(Ports ports, boolean hasSrs) {
        if (!hasSrs) {
            return "  Media       none; ./dorami demo shows a test picture; install SRS 6 for OBS (./dorami doctor)";
        }
        String server = System.getenv()
                .getOrDefault(
                        "DORAMI_RTMP_URL",
                        Environment.srsListeners(ports, System.getenv()).rtmpAddress());
        return """
                  Media       SRS at %1$s
                  OBS server  %1$s
                  OBS key     publishKey in the reply of: curl -d '{"title":"My show"}' -H "Content-Type: application/json" \
                -H "Authorization: Bearer $(./dorami token)" %2$s/api/streaming/generate-key""".formatted(server, ports.address());
    }

    private static String summary(DataFolder folder, Ports ports, boolean hasSrs) {
        return """

                Dorami is up.
                  Page        %1$s
                  Studio      %1$s/studio, for sellers
                  WebSocket   ws://localhost:%2$d/ws
                  Token       ./dorami token --user u1 --name Kim
                  Demo        ./dorami demo
                %7$s
                  Metrics     http://localhost:%3$d/q/metrics (gateway), then %4$d to %5$d
                  Logs        %6$s
                  Stop        ./dorami down
                """.formatted(
                        ports.address(),
                        ports.base(),
                        ports.management(Service.GATEWAY),
                        ports.management(Service.CHAT),
                        ports.management(Service.STREAM),
                        folder.log("gateway").getParent(),
                        mediaSummary(ports, hasSrs));
    }
}
