package io.dorami.endtoend.system;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A real Nginx with the configuration of production; only the port, the files and the upstreams belong to the test. */
public final class NginxProxy implements AutoCloseable {

    private static final Path CONFIGURATION = Repository.ROOT.resolve("infrastructure/docker/nginx-proxy");

    private final int port = ReplicaProcess.findFreePort();
    private final Process process;

    /** @param upstreams host:port by name */
    public NginxProxy(Map<String, String> upstreams) {
        this(upstreams, Map.of());
    }

    /**
     * @param upstreams host:port by name
     * @param changes texts of {@code default.conf} with their replacements, to shorten a timeout
     */
    public NginxProxy(Map<String, String> upstreams, Map<String, String> changes) {
        try {
            Path folder = Files.createTempDirectory("dorami-nginx");
            Files.createDirectories(folder.resolve("conf.d"));
            Files.createDirectories(folder.resolve("upstreams.d"));
            copyConfiguration("media.conf", folder, Map.of());
            // Files below /tmp move to this process's folder, because another Nginx may run; relative paths are in the
            // folder already.
            copyConfiguration("nginx.conf", folder, Map.of("/tmp/", folder + "/", "/dev/stdout", "access.log"));
            Map<String, String> routeChanges = new HashMap<>(changes);
            routeChanges.put("listen 8080", "listen 127.0.0.1:" + port);
            copyConfiguration("conf.d/default.conf", folder, routeChanges);
            Files.writeString(
                    folder.resolve("upstreams.d/test.conf"),
                    upstreams.entrySet().stream()
                            .map(upstream ->
                                    "upstream %s { server %s; }\n".formatted(upstream.getKey(), upstream.getValue()))
                            .collect(Collectors.joining()));
            process = new ProcessBuilder(
                            "nginx",
                            "-e",
                            folder.resolve("error.log").toString(),
                            "-p",
                            folder.toString(),
                            "-c",
                            folder.resolve("nginx.conf").toString(),
                            "-g",
                            "daemon off;")
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("output.log").toFile())
                    .start();
            await("Nginx")
                    .atMost(Duration.ofSeconds(10))
                    .failFast(() -> !process.isAlive())
                    .until(this::acceptsConnections);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static boolean isInstalled() {
        return Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "nginx")));
    }

    public URI url(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }

    private boolean acceptsConnections() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static void copyConfiguration(String file, Path folder, Map<String, String> changes) throws IOException {
        String text = Files.readString(CONFIGURATION.resolve(file));
        for (Map.Entry<String, String> change : changes.entrySet()) {
            if (!text.contains(change.getKey())) {
                throw new IllegalStateException(file + " does not contain " + change.getKey());
            }
            text = text.replace(change.getKey(), change.getValue());
        }
        Files.writeString(folder.resolve(file), text);
    }
}
