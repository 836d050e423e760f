package io.dorami.loadtest;

import io.dorami.contracts.User;
import io.dorami.local.CliError;
import io.dorami.local.DataFolder;
import io.dorami.local.DemoSeller;
import io.dorami.local.Environment;
import io.dorami.local.LocalPostgres;
import io.dorami.local.LocalRedis;
import io.dorami.local.Ports;
import io.dorami.local.ProcessSpec;
import io.dorami.local.Readiness;
import io.dorami.local.Secrets;
import io.dorami.local.Service;
import io.dorami.local.UnsupervisedServer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** This suite: started for the run on ports of its own, or one that is up already. */
final class DoramiTarget implements Target {

    private final URI address;
    private final Secrets secrets;
    private final String options;
    private final String name;
    private final ClientProtocol wire;
    private final Map<String, ProcessHandle> processes;
    private final @Nullable RoomLogs logs;
    private final List<AutoCloseable> started;

    private DoramiTarget(
            URI address,
            Secrets secrets,
            String options,
            String name,
            ClientProtocol wire,
            Map<String, ProcessHandle> processes,
            @Nullable RoomLogs logs,
            List<AutoCloseable> started) {
        this.address = address;
        this.secrets = secrets;
        this.options = options;
        this.name = name;
        this.wire = wire;
        this.processes = processes;
        this.logs = logs;
        this.started = started;
    }

    /**
     * Starts Redis, PostgreSQL and the services on empty data; the gateway alone on the server's core.
     *
     * @param natives the folders of those that are native executables
     */
    static DoramiTarget start(
            Path home,
            DataFolder data,
            Ports ports,
            Cores cores,
            List<Service> services,
            List<String> natives,
            String javaOptions) {
        ports.requireFree();
        data.deleteState();
        Secrets secrets = Secrets.of(data, System.getenv());
        Map<String, String> environment = new HashMap<>(Environment.of(ports, secrets, System.getenv()));
        environment.put("DORAMI_JAVA_OPTS", javaOptions);
        List<AutoCloseable> started = new ArrayList<>();
        Map<String, ProcessHandle> processes = new LinkedHashMap<>();
        try {
            LocalPostgres postgres = LocalPostgres.start(data.postgres(), ports.postgres(), secrets.postgres());
            started.addFirst(postgres);
            processes.put("postgres", handle(postgres.pid()));
            LocalRedis redis = LocalRedis.start(data.redis(), ports.redis());
            started.addFirst(redis);
            processes.put("redis", handle(redis.pid()));

            List<CompletableFuture<UnsupervisedServer>> starting = services.stream()
                    .map(service -> {
                        boolean gateway = service == Service.GATEWAY;
                        ProcessSpec part = service.part(home, ports, environment, natives.contains(service.folder()));
                        ProcessSpec placed = gateway ? cores.onServer(part) : part;
                        return CompletableFuture.supplyAsync(
                                () -> new UnsupervisedServer(
                                        placed,
                                        data.log(service.folder()),
                                        () -> Readiness.healthy(ports.management(service))),
                                task -> Thread.ofVirtual().start(task));
                    })
                    .toList();
            for (int i = 0; i < services.size(); i++) {
                UnsupervisedServer server = starting.get(i).join();
                started.addFirst(server);
                processes.put(services.get(i).folder(), handle(server.pid()));
            }
            processes.forEach((name, process) -> {
                if (!name.equals(Service.GATEWAY.folder())) {
                    cores.pinOther(process);
                }
            });
            RoomLogs logs = new RoomLogs(redis.address());
            started.addFirst(logs);
            return new DoramiTarget(
                    URI.create(ports.address()),
                    secrets,
                    natives.contains(Service.GATEWAY.folder())
                            ? "native"
                            : "Java " + System.getProperty("java.version") + " " + javaOptions,
                    "dorami",
                    new JsonProtocol(),
                    processes,
                    logs,
                    started);
        } catch (CompletionException e) {
            started.forEach(DoramiTarget::end);
            throw new CliError(String.valueOf(e.getCause()));
        } catch (RuntimeException e) {
            started.forEach(DoramiTarget::end);
            throw e;
        }
    }

    /** A suite that is up, here or elsewhere: its processes and logs are seen only where its data folder is. */
    static DoramiTarget running(URI address, DataFolder data) {
        Secrets secrets = Secrets.of(data, System.getenv());
        Map<String, ProcessHandle> processes = new LinkedHashMap<>();
        for (String part : List.of(
                "postgres",
                "redis",
                "gateway",
                "chat-service",
                "viewer-service",
                "product-service",
                "srs-hook-service")) {
            data.process(part).ifPresent(process -> processes.put(part, process));
        }
        List<AutoCloseable> started = new ArrayList<>();
        RoomLogs logs = null;
        if (processes.containsKey("redis")) {
            logs = new RoomLogs("redis://127.0.0.1:" + new Ports(address.getPort()).redis());
            started.add(logs);
        }
        return new DoramiTarget(
                address,
                secrets,
                "found running at " + address,
                "dorami",
                new JsonProtocol(),
                processes,
                logs,
                started);
    }

    /** The same suite by another protocol. */
    DoramiTarget speaking(String protocol) {
        ClientProtocol other = switch (protocol) {
            case "json" -> new JsonProtocol();
            case "socket.io" -> new SocketIoProtocol();
            default -> throw new CliError("--wire is json or socket.io, not " + protocol + ".");
        };
        return new DoramiTarget(address, secrets, options, "dorami " + protocol, other, processes, logs, started);
    }

    private static ProcessHandle handle(long pid) {
        return ProcessHandle.of(pid).orElseThrow(() -> new IllegalStateException("Process " + pid + " has ended"));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String description() {
        return "gateway, " + options + "; log and history in Redis with appendfsync everysec";
    }

    @Override
    public InetSocketAddress address() {
        return new InetSocketAddress(address.getHost(), address.getPort());
    }

    @Override
    public ClientProtocol wire() {
        return wire;
    }

    @Override
    public String secret() {
        return secrets.jwt();
    }

    @Override
    public String openRoom(int index) {
        User user = seller(index).orElseThrow();
        return new DemoSeller(address, new Ports(address.getPort()), secrets, user)
                .goLive("Load " + index)
                .value();
    }

    @Override
    public Optional<User> seller(int index) {
        return Optional.of(new User("load-seller-" + index, "Seller", User.Role.USER));
    }

    @Override
    public Optional<URI> api() {
        return Optional.of(address);
    }

    @Override
    public Optional<ProcessHandle> server() {
        return Optional.ofNullable(processes.get(Service.GATEWAY.folder()));
    }

    @Override
    public Map<String, ProcessHandle> others() {
        Map<String, ProcessHandle> others = new LinkedHashMap<>(processes);
        others.remove(Service.GATEWAY.folder());
        return others;
    }

    @Override
    public @Nullable RoomLogs logs() {
        return logs;
    }

    /** Once, whatever protocols it was measured by. */
    @Override
    public void close() {
        started.forEach(DoramiTarget::end);
        started.clear();
    }

    private static void end(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
