package io.dorami.local.cli;

import io.dorami.local.CliError;
import io.dorami.local.dev.ReloadTrigger;
import io.dorami.local.dev.SourceWatcher;
import io.dorami.local.media.LocalSrs;
import io.dorami.local.process.PidFile;
import io.dorami.local.process.ProcessHold;
import io.dorami.local.process.ProcessSpec;
import io.dorami.local.supervisor.Console;
import io.dorami.local.system.DataFolder;
import io.dorami.local.system.Environment;
import io.dorami.local.system.Ports;
import io.dorami.local.system.Secrets;
import io.dorami.local.system.Service;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code dorami dev}: runs one service of the running system with live reload, in place of its built process. */
@Command(
        name = "dev",
        description = "Runs one service with live reload, in place of its built process.",
        mixinStandardHelpOptions = true)
final class DevCommand implements Callable<Integer> {

    private static final Duration POLL_INTERVAL = Duration.ofMillis(300);

    /** Less than {@link ProcessSpec#SHUTDOWN_TIMEOUT}, after which {@code ./dorami down} kills this process. */
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(7);

    /** Modules whose changes Quarkus reloads too, if the service depends on them. */
    private static final List<String> LIBRARIES = List.of("contracts", "signing", "service-defaults", "presence");

    // -DskipChecks, because the compiler of live reload has no Error Prone plug-in; watched-resources, because Quarkus
    // would ignore changes of Lua scripts.
    private static final List<String> MAVEN_OPTIONS = List.of(
            "-B",
            "-am",
            "-DskipTests",
            "-DskipChecks",
            "-Dspotless.skip=true",
            "-Ddebug=false",
            "-Dquarkus.live-reload.watched-resources=lua/*.lua",
            "-Dquarkus.analytics.disabled=true");

    @Mixin
    private DataOption data = new DataOption();

    @Parameters(
            paramLabel = "SERVICE",
            description = "One of: gateway, chat-service, viewer-service, product-service, srs-hook-service.")
    private String name = "";

    @Override
    public Integer call() throws IOException, InterruptedException {
        Service service = Service.find(name)
                .orElseThrow(() ->
                        new CliError("There is no service \"%s\". Choose from: %s.".formatted(name, Service.names())));
        DataFolder folder = data.folder();
        Ports ports = runningPorts(folder);
        Path root =
                Path.of(System.getProperty("dorami.home", ".")).toAbsolutePath().normalize();
        boolean hasSrs = folder.process(LocalSrs.NAME).isPresent();
        Map<String, String> environment = service.environment(
                ports, Environment.of(ports, Secrets.of(folder, System.getenv()), hasSrs, System.getenv()));
        Console console = new Console(System.out, true);
        SourceWatcher watcher = new SourceWatcher(sourceFolders(root, service));

        PidFile pidFile = folder.pidFile(name);
        ProcessHold hold = folder.hold(name);
        hold.acquire(ProcessHandle.current());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            PidFile.stop(List.of(pidFile), STOP_TIMEOUT);
            hold.release();
        }));
        PidFile.stop(List.of(pidFile), ProcessSpec.SHUTDOWN_TIMEOUT);
        Process maven = startMaven(root, environment);
        URI address = URI.create("http://127.0.0.1:" + ports.http(service) + "/");
        ReloadTrigger trigger = new ReloadTrigger(address, ReloadTrigger.SCAN_INTERVAL);
        while (!maven.waitFor(POLL_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
            updatePidFile(pidFile, runningProcess(maven));
            Set<Path> changed = watcher.poll();
            if (!changed.isEmpty()) {
                console.printStatus(name, describe(changed, root) + "; reloading");
                trigger.schedule();
            }
            trigger.poll();
        }
        return maven.exitValue();
    }

    private static Ports runningPorts(DataFolder folder) {
        return folder.launcherPidFile()
                .process()
                .flatMap(launcher -> folder.address())
                .map(address -> new Ports(URI.create(address).getPort()))
                .orElseThrow(() -> new CliError("The system is not running. Run ./dorami up first."));
    }

    private static List<Path> sourceFolders(Path root, Service service) {
        return Stream.concat(
                        Stream.of(root.resolve(service.folder())),
                        LIBRARIES.stream().map(root.resolve("infrastructure")::resolve))
                .map(module -> module.resolve("src/main"))
                .toList();
    }

    private Process startMaven(Path root, Map<String, String> environment) throws IOException {
        ProcessBuilder maven =
                new ProcessBuilder(System.getProperty("dorami.maven", "mvn"), "quarkus:dev", "-pl", name);
        maven.command().addAll(MAVEN_OPTIONS);
        maven.environment().putAll(environment);
        maven.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return maven.directory(root.toFile()).inheritIO().start();
    }

    /** The process that runs the service: the Java process that Maven starts, before that Maven itself. */
    private static ProcessHandle runningProcess(Process maven) {
        return maven.children()
                .filter(child ->
                        child.info().command().filter(c -> c.endsWith("java")).isPresent())
                .findFirst()
                .orElse(maven.toHandle());
    }

    /** Writes the process to the file of the built one, so that ./dorami down stops it, even if this command is killed. */
    private static void updatePidFile(PidFile file, ProcessHandle process) {
        if (!file.process().equals(Optional.of(process))) {
            file.write(process, ProcessSpec.TERMINATE);
        }
    }

    private static String describe(Set<Path> changed, Path root) {
        String first = "Changed: " + root.relativize(changed.iterator().next());
        return changed.size() == 1 ? first : first + " and " + (changed.size() - 1) + " more";
    }
}
