package io.dorami.loadtest.targets;

import io.dorami.loadtest.measurement.Cores;
import io.dorami.loadtest.measurement.RoomLogs;
import io.dorami.loadtest.protocol.ClientProtocol;
import io.dorami.loadtest.protocol.SocketIoProtocol;
import io.dorami.local.CliError;
import io.dorami.local.process.Executables;
import io.dorami.local.process.ProcessSpec;
import io.dorami.local.process.UnsupervisedServer;
import io.dorami.local.stores.LocalRedis;
import io.dorami.local.system.Ports;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Node with socket.io and its Redis adapter, as the platform runs it today, with its own Redis. */
public final class SocketIoPeer implements Target {

    private static final List<String> SOURCE_FILES = List.of("package.json", "server.js");
    private static final String SECRET = UUID.randomUUID().toString();

    private final int port;
    private final LocalRedis redis;
    private final UnsupervisedServer node;
    private final String version;

    private SocketIoPeer(int port, LocalRedis redis, UnsupervisedServer node, String version) {
        this.port = port;
        this.redis = redis;
        this.node = node;
        this.version = version;
    }

    /** Starts the peer; the first start installs its packages. */
    public static SocketIoPeer start(Path source, Path folder, int port, int redisPort, Cores cores) {
        Path program = Executables.find("node")
                .orElseThrow(() -> new CliError("The peer socket.io needs Node 18 or newer: apt install nodejs npm."));
        Ports.requireFree(port, "peer socket.io");
        Ports.requireFree(redisPort, "peer socket.io, Redis");
        install(source, folder);
        LocalRedis redis = LocalRedis.start(folder.resolve("redis"), redisPort);
        try {
            ProcessSpec spec = new ProcessSpec(
                    "socket.io",
                    List.of(program.toString(), "server.js"),
                    Map.of("PORT", String.valueOf(port), "REDIS_URL", redis.address(), "JWT_SECRET", SECRET),
                    folder,
                    ProcessSpec.TERMINATE);
            UnsupervisedServer node = new UnsupervisedServer(
                    cores.onServerCore(spec), folder.resolve("server.log"), () -> isListening(port));
            cores.pinOther(ProcessHandle.of(redis.pid()).orElseThrow());
            return new SocketIoPeer(port, redis, node, outputOf(program.toString(), "--version"));
        } catch (RuntimeException e) {
            redis.close();
            throw e;
        }
    }

    private static void install(Path source, Path folder) {
        try {
            Files.createDirectories(folder);
            boolean changed = false;
            for (String file : SOURCE_FILES) {
                Path target = folder.resolve(file);
                if (!Files.exists(target) || Files.mismatch(source.resolve(file), target) >= 0) {
                    Files.copy(source.resolve(file), target, StandardCopyOption.REPLACE_EXISTING);
                    changed |= file.equals("package.json");
                }
            }
            if (changed || !Files.exists(folder.resolve("node_modules/.package-lock.json"))) {
                String npm = Executables.find("npm")
                        .orElseThrow(() -> new CliError("The peer socket.io needs npm: apt install npm."))
                        .toString();
                Path log = folder.resolve("npm.log");
                Process install = new ProcessBuilder(
                                npm,
                                "install",
                                "--omit=dev",
                                "--ignore-scripts",
                                "--no-audit",
                                "--no-fund",
                                "--no-package-lock")
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
                if (install.waitFor() != 0) {
                    throw new CliError("npm could not install the peer socket.io; its output is in " + log);
                }
            }
        } catch (IOException e) {
            throw new CliError("The peer socket.io cannot be installed in " + folder + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Returns true if the port accepts connections. */
    static boolean isListening(int port) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Output of a command, for a description. */
    static String outputOf(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            return new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "?";
        }
    }

    @Override
    public String name() {
        return "socket.io";
    }

    @Override
    public String description() {
        return "Node " + version
                + ", socket.io 4.8.1 with the Redis adapter 8.3.0 and bufferutil; history in Redis with appendfsync"
                + " everysec";
    }

    @Override
    public InetSocketAddress address() {
        return new InetSocketAddress("127.0.0.1", port);
    }

    @Override
    public ClientProtocol protocol() {
        return new SocketIoProtocol();
    }

    @Override
    public String jwtSecret() {
        return SECRET;
    }

    @Override
    public String openRoom(int index) {
        return UUID.randomUUID().toString();
    }

    @Override
    public Optional<ProcessHandle> serverProcess() {
        return ProcessHandle.of(node.pid());
    }

    @Override
    public Map<String, ProcessHandle> otherProcesses() {
        return Map.of("redis", ProcessHandle.of(redis.pid()).orElseThrow());
    }

    @Override
    public @Nullable RoomLogs roomLogs() {
        return null; // the peer stores the last hundred messages only
    }

    @Override
    public void close() {
        node.close();
        redis.close();
    }
}
