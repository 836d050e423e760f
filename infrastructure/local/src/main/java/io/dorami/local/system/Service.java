package io.dorami.local.system;

import io.dorami.local.CliError;
import io.dorami.local.process.Executables;
import io.dorami.local.process.ProcessSpec;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The five services, in the order of their ports. */
public enum Service {
    GATEWAY("gateway", 256), // holds the sockets and their queues
    CHAT("chat-service", 128),
    VIEWER("viewer-service", 128),
    PRODUCT("product-service", 128),
    STREAM("srs-hook-service", 128);

    private final String folder;
    private final int heapMegabytes;

    Service(String folder, int heapMegabytes) {
        this.folder = folder;
        this.heapMegabytes = heapMegabytes;
    }

    /** Finds the service by its name, which is the name of its folder. */
    public static Optional<Service> find(String name) {
        return Stream.of(values())
                .filter(service -> service.folder.equals(name))
                .findFirst();
    }

    /** Names of all services, for messages. */
    public static String names() {
        return Stream.of(values()).map(Service::folder).collect(Collectors.joining(", "));
    }

    /** Name of the service's folder, log and process id file. */
    public String folder() {
        return folder;
    }

    /** Adds the service's addresses to the environment of all services. */
    public Map<String, String> environment(Ports ports, Map<String, String> all) {
        Map<String, String> own = new HashMap<>(all);
        own.put("QUARKUS_HTTP_HOST", "127.0.0.1");
        own.put("QUARKUS_HTTP_PORT", Integer.toString(ports.http(this)));
        own.put("QUARKUS_MANAGEMENT_HOST", "127.0.0.1");
        own.put("QUARKUS_MANAGEMENT_PORT", Integer.toString(ports.management(this)));
        return own;
    }

    /** Specifies the process; fails if the service is not built. */
    public ProcessSpec processSpec(Path root, Ports ports, Map<String, String> environment, boolean nativeImage) {
        return new ProcessSpec(
                folder,
                command(root, environment, nativeImage),
                environment(ports, environment),
                root.resolve(folder),
                ProcessSpec.TERMINATE);
    }

    /** Command line of the built service; fails if it is not built. */
    public List<String> command(Path root, Map<String, String> environment, boolean nativeImage) {
        Path home = root.resolve(folder);
        return nativeImage ? List.of(nativeExecutable(home).toString()) : javaCommand(home, environment);
    }

    private List<String> javaCommand(Path home, Map<String, String> environment) {
        Path jar = home.resolve("target/quarkus-app/quarkus-run.jar");
        if (!Files.exists(jar)) {
            throw new CliError(folder + " is not built: " + jar + " is missing. Run ./dorami up, which builds it.");
        }
        List<String> command = new ArrayList<>();
        command.add(Executables.java());
        command.add("-Xmx" + heapMegabytes + "m");
        // Five JVMs share one machine: the serial collector and the C1 compiler keep them small and quick to start.
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError"));
        Optional.ofNullable(environment.get("DORAMI_JAVA_OPTS"))
                .filter(options -> !options.isBlank())
                .ifPresent(options -> command.addAll(List.of(options.strip().split("\\s+"))));
        command.addAll(List.of("-jar", jar.toString()));
        return command;
    }

    private Path nativeExecutable(Path home) {
        try (DirectoryStream<Path> runners = Files.newDirectoryStream(home.resolve("target"), "*-runner")) {
            return runners.iterator().next();
        } catch (IOException | NoSuchElementException e) {
            throw new CliError(folder + " has no native executable. Run ./dorami up --native, which builds it.");
        }
    }
}
