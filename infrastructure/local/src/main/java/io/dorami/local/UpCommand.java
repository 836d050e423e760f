package io.dorami.local;

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

/** {@code dorami up}: PostgreSQL and Redis, then the five services, until somebody ends them. */
@Command(name = "up", description = "Starts PostgreSQL, Redis and the five services.", mixinStandardHelpOptions = true)
final class UpCommand implements Callable<Integer> {

    @Mixin
    private DataOption data = new DataOption();

    @Option(
            names = "--port",
            defaultValue = "${env:DORAMI_PORT:-8080}",
            description = "Port of the gateway; the others follow from it (default: DORAMI_PORT or 8080).")
    private int port = 8080;

    @Option(names = "--detach", description = "Returns when all is ready, and leaves it running.")
    private boolean detach;

    @Option(names = "--fresh", description = "Empties Redis and PostgreSQL first.")
    private boolean fresh;

    @Option(names = "--native", description = "Runs the native executables.")
    private boolean nativeImage;

    @Option(names = "--background", hidden = true, description = "What --detach starts: without the parts' lines.")
    private boolean background;

    @Override
    public Integer call() throws IOException, InterruptedException {
        DataFolder folder = data.folder();
        Ports ports = new Ports(port);
        Optional<ProcessHandle> running = folder.launcher().process();
        if (running.isPresent()) {
            if (fresh) {
                throw new CliError("It is running: ./dorami down first, then --fresh.");
            }
            System.out.println(folder.address()
                    .map(address -> "Already up: " + address)
                    .orElse("Already starting (process " + running.get().pid() + ")."));
            return 0;
        }
        return detach ? DetachedLauncher.start(folder, ports, fresh, nativeImage) : run(folder, ports);
    }

    private int run(DataFolder folder, Ports ports) throws InterruptedException {
        Console screen = new Console(System.out, !background);
        FileChannel claim = folder.claim();
        Supervisor supervisor = new Supervisor(folder, screen);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(folder, supervisor, claim, screen)));
        folder.endLeftovers().forEach(name -> screen.note(name, "ended: an earlier launcher had left it running"));
        ports.requireFree();
        if (fresh) {
            folder.deleteState();
        }

        start(folder, ports, supervisor, screen);
        folder.setAddress(ports.address());
        screen.say(summary(folder, ports));
        new CountDownLatch(1).await(); // until the shutdown hook has ended all
        return 0;
    }

    /** The map of the system: what starts after what. */
    private void start(DataFolder folder, Ports ports, Supervisor supervisor, Console screen) {
        Secrets secrets = Secrets.of(folder, System.getenv());
        Map<String, String> environment = Environment.of(ports, secrets, System.getenv());
        Path root =
                Path.of(System.getProperty("dorami.home", ".")).toAbsolutePath().normalize();
        List<ProcessSpec> services = Stream.of(Service.values())
                .map(service -> service.part(root, ports, environment, nativeImage))
                .toList();

        supervisor.start(List.of(LocalPostgres.part(folder.postgres(), ports.postgres())));
        supervisor.start(List.of(LocalRedis.part(folder.redis(), ports.redis())));
        Readiness.await(
                List.of(
                        new Readiness(LocalPostgres.NAME, () -> LocalPostgres.answers(ports.postgres())),
                        new Readiness(LocalRedis.NAME, () -> LocalRedis.answers(ports.redis()))),
                folder,
                screen);
        LocalPostgres.prepareDatabase(ports.postgres(), secrets.postgres());

        supervisor.start(services);
        Readiness.await(
                Stream.of(Service.values())
                        .map(s -> new Readiness(s.folder(), () -> Readiness.healthy(ports.management(s))))
                        .toList(),
                folder,
                screen);
    }

    private static void stop(DataFolder folder, Supervisor supervisor, FileChannel claim, Console screen) {
        if (folder.address().isPresent()) {
            screen.say("Stopping ...");
        }
        folder.setAddress(null);
        supervisor.stop();
        folder.launcher().delete();
        try {
            claim.close();
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
