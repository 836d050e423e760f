package io.dorami.local.cli;

import io.dorami.local.CliError;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dorami up}: starts PostgreSQL and Redis, then the five services, and runs until it is stopped. */
@Command(name = "up", description = "Starts PostgreSQL, Redis and the five services.", mixinStandardHelpOptions = true)
final class UpCommand implements Callable<Integer> {

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

    @Option(names = "--background", hidden = true, description = "Started by --detach: prints no process output.")
    private boolean background;

    @Override
    public Integer call() throws IOException, InterruptedException {
        DataFolder folder = data.folder();
        Ports ports = new Ports(port);
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
        return detach ? DetachedLauncher.start(folder, ports, fresh, nativeImage) : run(folder, ports);
    }

    private int run(DataFolder folder, Ports ports) throws InterruptedException {
        Console console = new Console(System.out, !background);
        FileChannel lock = folder.lock();
        Supervisor supervisor = new Supervisor(folder, console);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(folder, supervisor, lock, console)));
        folder.stopOrphans()
                .forEach(name -> console.printStatus(name, "stopped: an earlier launcher had left it running"));
        ports.requireFree();
        if (fresh) {
            folder.deleteStores();
        }

        start(folder, ports, supervisor, console);
        folder.setAddress(ports.address());
        console.print(summary(folder, ports));
        new CountDownLatch(1).await(); // until the shutdown hook has stopped everything
        return 0;
    }

    /** Starts the system in order: the stores, then the services. */
    private void start(DataFolder folder, Ports ports, Supervisor supervisor, Console console) {
        Secrets secrets = Secrets.of(folder, System.getenv());
        Map<String, String> environment = Environment.of(ports, secrets, System.getenv());
        Path root =
                Path.of(System.getProperty("dorami.home", ".")).toAbsolutePath().normalize();
        List<ProcessSpec> services = Stream.of(Service.values())
                .map(service -> service.processSpec(root, ports, environment, nativeImage))
                .toList();

        supervisor.start(List.of(LocalPostgres.processSpec(folder.postgres(), ports.postgres())));
        supervisor.start(List.of(LocalRedis.processSpec(folder.redis(), ports.redis())));
        ReadinessCheck.awaitAll(
                List.of(
                        new ReadinessCheck(LocalPostgres.NAME, () -> LocalPostgres.isReady(ports.postgres())),
                        new ReadinessCheck(LocalRedis.NAME, () -> LocalRedis.isReady(ports.redis()))),
                folder,
                console);
        LocalPostgres.prepareDatabase(ports.postgres(), secrets.postgres());

        supervisor.start(services);
        ReadinessCheck.awaitAll(
                Stream.of(Service.values())
                        .map(s -> new ReadinessCheck(
                                s.folder(), () -> ReadinessCheck.isServiceReady(ports.management(s))))
                        .toList(),
                folder,
                console);
    }

    private static void stop(DataFolder folder, Supervisor supervisor, FileChannel lock, Console console) {
        if (folder.address().isPresent()) {
            console.print("Stopping ...");
        }
        folder.setAddress(null);
        supervisor.stop();
        folder.launcherPidFile().delete();
        try {
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String summary(DataFolder folder, Ports ports) {
        return """

                Dorami is up.
                  Page        %1$s
                  WebSocket   ws://localhost:%2$d/ws
                  Token       ./dorami token --user u1 --name Kim
                  Demo        ./dorami demo
                  Metrics     http://localhost:%3$d/q/metrics (gateway), then %4$d to %5$d
                  Logs        %6$s
                  Stop        ./dorami down
                """.formatted(
                        ports.address(),
                        ports.base(),
                        ports.management(Service.GATEWAY),
                        ports.management(Service.CHAT),
                        ports.management(Service.STREAM),
                        folder.log("gateway").getParent());
    }
}
