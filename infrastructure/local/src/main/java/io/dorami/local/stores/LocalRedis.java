package io.dorami.local.stores;

import io.dorami.local.process.PortProbe;
import io.dorami.local.process.ProcessSpec;
import io.dorami.local.process.UnsupervisedServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A real Redis on loopback, with its data and log in a folder. */
public final class LocalRedis implements AutoCloseable {

    public static final String NAME = "redis";

    private static final String CONFIGURATION = """
            port %d
            bind 127.0.0.1
            dir "%s"
            # Logs and dedupe keys must survive: every write goes to the append-only file, on disk within a second.
            appendonly yes
            appendfsync everysec
            save ""
            # 200 rooms with 1,000 logged events of 1 KB are 200 MB. Beyond the limit writes fail, because eviction
            # would silently break logs and dedupe.
            maxmemory 256mb
            maxmemory-policy noeviction
            # Notifies gateways at once of revoked tokens and users: keyspace events (K) of string commands ($).
            notify-keyspace-events K$
            """;

    private static final int PROBE_TIMEOUT_MILLIS = 1_000;

    private final int port;
    private final UnsupervisedServer server;

    private LocalRedis(Path folder, int port) {
        this.port = port;
        this.server =
                new UnsupervisedServer(processSpec(folder, port), folder.resolve("redis.log"), () -> isReady(port));
    }

    /** Starts Redis on a free port. */
    public static LocalRedis start(Path folder) {
        return start(folder, PortProbe.findFree());
    }

    /** Starts Redis, and returns when it is ready. */
    public static LocalRedis start(Path folder, int port) {
        return new LocalRedis(folder.toAbsolutePath(), port);
    }

    /** Writes the configuration file and specifies the process. */
    public static ProcessSpec processSpec(Path folder, int port) {
        try {
            Path file = Files.createDirectories(folder).resolve("redis.conf");
            Files.writeString(file, CONFIGURATION.formatted(port, folder));
            return new ProcessSpec(
                    NAME,
                    List.of(Binaries.redis().toString(), file.toString()),
                    Map.of(),
                    folder,
                    ProcessSpec.TERMINATE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns true if Redis replies to PING; it does not while it loads its append-only file. */
    public static boolean isReady(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PROBE_TIMEOUT_MILLIS);
            socket.setSoTimeout(PROBE_TIMEOUT_MILLIS);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] reply = socket.getInputStream().readNBytes(5);
            return new String(reply, StandardCharsets.US_ASCII).equals("+PONG");
        } catch (IOException e) {
            return false;
        }
    }

    public String address() {
        return address(port);
    }

    public static String address(int port) {
        return "redis://127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    public long pid() {
        return server.pid();
    }

    /** Sends SIGKILL. */
    public void kill() {
        server.kill();
    }

    /** Restarts the server on the same data and port, after a graceful shutdown if it runs. */
    public void restart() {
        server.restart();
    }

    @Override
    public void close() {
        server.close();
    }
}
