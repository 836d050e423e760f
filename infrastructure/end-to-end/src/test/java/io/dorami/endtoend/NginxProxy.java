package io.dorami.endtoend;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A real Nginx with the front door's own configuration; only its port, its files and the upstreams are the test's. */
final class NginxProxy implements AutoCloseable {

    private static final Path CONFIGURATION = Repository.ROOT.resolve("infrastructure/docker/nginx-proxy");

    private final int port = ReplicaProcess.freePort();
    private final Process process;

    /** @param upstreams name → host:port */
    NginxProxy(Map<String, String> upstreams) {
        try {
            Path folder = Files.createTempDirectory("dorami-nginx");
            Files.createDirectories(folder.resolve("conf.d"));
            Files.createDirectories(folder.resolve("upstreams.d"));
            copy("media.conf", folder, Map.of());
            // Everything that is written is below /tmp, where another Nginx may run; what is relative is in this one's
            // folder.
            copy("nginx.conf", folder, Map.of("/tmp/", folder + "/", "/dev/stdout", "access.log"));
            copy("conf.d/default.conf", folder, Map.of("listen 8080", "listen 127.0.0.1:" + port));
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
                    .until(this::answers);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static boolean installed() {
        return Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "nginx")));
    }

    URI address(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }

    private boolean answers() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static void copy(String file, Path folder, Map<String, String> changes) throws IOException {
        String text = Files.readString(CONFIGURATION.resolve(file));
        for (Map.Entry<String, String> change : changes.entrySet()) {
            if (!text.contains(change.getKey())) {
                throw new IllegalStateException(file + " has no " + change.getKey());
            }
            text = text.replace(change.getKey(), change.getValue());
        }
        Files.writeString(folder.resolve(file), text);
    }
}
