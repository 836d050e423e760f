package io.dorami.local;

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

/** A real Redis that keeps its data in a folder and listens on loopback only. */
public final class LocalRedis implements AutoCloseable {

    static final String NAME = "redis";

    private static final String CONFIGURATION = """
            port %d
            bind 127.0.0.1
            dir "%s"
            # Logs and dedupe keys must survive: every write is in the append-only file, on disk within a second.
            appendonly yes
            appendfsync everysec
            save ""
            # 200 rooms with 1,000 kept events of 1 KB are 200 MB. Beyond the limit a write fails, because eviction
            # would silently break logs and dedupe.
            maxmemory 256mb
            maxmemory-policy noeviction
            # Gateways hear at once that a token or user was revoked: of keys (K) that were set ($).
            notify-keyspace-events K$
            """;

    private static final int PROBE_MILLIS = 1_000;

    private final int port;
    private final UnsupervisedServer server;

    private LocalRedis(Path folder, int port) {
        this.port = port;
        this.server = new UnsupervisedServer(part(folder, port), folder.resolve("redis.log"), () -> answers(port));
    }

    /** Starts it on a free port. */
    public static LocalRedis start(Path folder) {
        return start(folder, Ports.anyFree());
    }

    /** Starts it, and returns when it answers. */
    public static LocalRedis start(Path folder, int port) {
        return new LocalRedis(folder.toAbsolutePath(), port);
    }

    static ProcessSpec part(Path folder, int port) {
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

    /** Whether it serves; while it reads its file it does not. */
    static boolean answers(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PROBE_MILLIS);
            socket.setSoTimeout(PROBE_MILLIS);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] answer = socket.getInputStream().readNBytes(5);
            return new String(answer, StandardCharsets.US_ASCII).equals("+PONG");
        } catch (IOException e) {
            return false;
        }
    }

    public String address() {
        return address(port);
    }

    static String address(int port) {
        return "redis://127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    public long pid() {
        return server.pid();
    }

    /** SIGKILL. */
    public void kill() {
        server.kill();
    }

    /** Starts it again on the same data and port; stops it in good order first if it runs. */
    public void restart() {
        server.restart();
    }

    @Override
    public void close() {
        server.close();
    }
}
