package io.dorami.endtoend.streams;

import static org.awaitility.Awaitility.await;

import io.dorami.endtoend.system.Repository;
import io.dorami.testing.TestSecrets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A real SRS with the configuration of production; only ports, files and the number of connections are the test's. */
final class SrsProcess implements AutoCloseable {

    private static final Path CONFIGURATION = Repository.ROOT.resolve("infrastructure/docker/srs/srs.conf");

    private final Path executable;
    private final int rtmpPort = findFreePort();
    private final int apiPort = findFreePort();
    private final int mediaPort = findFreePort();
    private @Nullable Process process;

    SrsProcess(Path executable) {
        this.executable = executable;
    }

    /** The executable that the property {@code srs} names, or {@code srs} in the path. */
    static Optional<Path> findExecutable() {
        return Stream.concat(
                        Stream.ofNullable(System.getProperty("srs")).map(Path::of),
                        Stream.of(System.getenv("PATH").split(":")).map(folder -> Path.of(folder, "srs")))
                .filter(Files::isRegularFile)
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** @param hookAuthority host and port of the service that receives the hooks */
    void start(String hookAuthority) {
        try {
            Path folder = Files.createTempDirectory("dorami-srs");
            ProcessBuilder builder = new ProcessBuilder(
                            executable.toString(),
                            "-c",
                            writeConfiguration(folder).toString())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("srs.log").toFile());
            String hooks = "http://" + hookAuthority + "/api/srs/hooks?secret=" + TestSecrets.SRS;
            for (String hook : new String[] {"PUBLISH", "UNPUBLISH", "CLOSE", "PLAY", "STOP"}) {
                builder.environment().put("SRS_VHOST_HTTP_HOOKS_ON_" + hook, hooks);
            }
            builder.environment()
                    .putAll(Map.of(
                            "SRS_HEARTBEAT_URL", "http://" + hookAuthority + "/api/streaming/srs-heartbeat",
                            "SRS_HEARTBEAT_DEVICE_ID", TestSecrets.SRS,
                            "SRS_HTTP_API_AUTH_PASSWORD", TestSecrets.SRS));
            Process started = builder.start();
            process = started;
            await("SRS")
                    .atMost(Duration.ofSeconds(10))
                    .failFast(() -> !started.isAlive())
                    .until(() -> accepts(rtmpPort) && accepts(apiPort) && accepts(mediaPort));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String apiAddress() {
        return "http://127.0.0.1:" + apiPort;
    }

    /** The address for encoders, with an application such as {@code live}. */
    String rtmpAddress(String application) {
        return "rtmp://127.0.0.1:" + rtmpPort + "/" + application;
    }

    /** The address to which Nginx maps HTTP-FLV players. */
    String flvAddress(String key) {
        return "http://127.0.0.1:" + mediaPort + "/live/" + key + ".flv";
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly().onExit().join();
        }
    }

    private Path writeConfiguration(Path folder) throws IOException {
        String text = Files.readString(CONFIGURATION);
        Map<String, String> changes = Map.of(
                "listen                  1935;", "listen " + rtmpPort + ";",
                "listen              1985;", "listen " + apiPort + ";",
                "listen              8080;", "listen " + mediaPort + ";",
                "max_connections         5000;", "max_connections 100;",
                "/tmp/", folder + "/");
        for (Map.Entry<String, String> change : changes.entrySet()) {
            if (!text.contains(change.getKey())) {
                throw new IllegalStateException("srs.conf does not contain " + change.getKey());
            }
            text = text.replace(change.getKey(), change.getValue());
        }
        return Files.writeString(folder.resolve("srs.conf"), text);
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static int findFreePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
