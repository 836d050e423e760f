package io.dorami.loadtest.targets;

import io.dorami.contracts.User;
import io.dorami.loadtest.measurement.Cores;
import io.dorami.loadtest.measurement.RoomLogs;
import io.dorami.loadtest.protocol.ClientProtocol;
import io.dorami.loadtest.protocol.JsonProtocol;
import io.dorami.loadtest.protocol.SocketIoProtocol;
import io.dorami.local.CliError;
import io.dorami.local.demo.DemoSeller;
import io.dorami.local.process.ProcessSpec;
import io.dorami.local.process.UnsupervisedServer;
import io.dorami.local.stores.LocalPostgres;
import io.dorami.local.stores.LocalRedis;
import io.dorami.local.supervisor.ReadinessCheck;
import io.dorami.local.system.DataFolder;
import io.dorami.local.system.Environment;
import io.dorami.local.system.Ports;
import io.dorami.local.system.Secrets;
import io.dorami.local.system.Service;
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

/** Dorami: started for the run on its own ports, or a system that is already running. */
public final class DoramiTarget implements Target {

    private final URI address;
    private final Secrets secrets;
    private final String deployment;
    private final String name;
    private final ClientProtocol protocol;
    private final Map<String, ProcessHandle> processes;
    private final @Nullable RoomLogs logs;
    private final List<AutoCloseable> resources;

    private DoramiTarget(
            URI address,
            Secrets secrets,
            String deployment,
            String name,
            ClientProtocol protocol,
            Map<String, ProcessHandle> processes,
            @Nullable RoomLogs logs,
            List<AutoCloseable> resources) {
        this.address = address;
        this.secrets = secrets;
        this.deployment = deployment;
        this.name = name;
        this.protocol = protocol;
        this.processes = processes;
        this.logs = logs;
        this.resources = resources;
    }

    /**
     * Starts Redis, PostgreSQL and the services on empty data; only the gateway runs on the server's core.
     *
     * @param nativeServices folders of the services that run as native executables
     */
    public static DoramiTarget start(
            Path home,
            DataFolder data,
            Ports ports,
            Cores cores,
            List<Service> services,
            List<String> nativeServices,
            String javaOptions) {
        ports.requireFree();
        data.deleteStores();
        Secrets secrets = Secrets.of(data, System.getenv());
        Map<String, String> environment = new HashMap<>(Environment.of(ports, secrets, false, System.getenv()));
        environment.put("DORAMI_JAVA_OPTS", javaOptions);
        List<AutoCloseable> resources = new ArrayList<>();
        Map<String, ProcessHandle> processes = new LinkedHashMap<>();
        try {
            LocalPostgres postgres = LocalPostgres.start(data.postgres(), ports.postgres(), secrets.postgres());
            resources.addFirst(postgres);
            processes.put("postgres", processHandle(postgres.pid()));
            LocalRedis redis = LocalRedis.start(data.redis(), ports.redis());
            resources.addFirst(redis);
            processes.put("redis", processHandle(redis.pid()));

            List<CompletableFuture<UnsupervisedServer>> starts = services.stream()
                    .map(service -> {
                        boolean isGateway = service == Service.GATEWAY;
                        ProcessSpec spec = service.processSpec(
                                home, ports, environment, nativeServices.contains(service.folder()));
                        ProcessSpec pinned = isGateway ? cores.onServerCore(spec) : spec;
                        return CompletableFuture.supplyAsync(
                                () -> new UnsupervisedServer(
                                        pinned,
                                        data.log(service.folder()),
                                        () -> ReadinessCheck.isServiceReady(ports.management(service))),
                                task -> Thread.ofVirtual().start(task));
                    })
                    .toList();
            for (int i = 0; i < services.size(); i++) {
                UnsupervisedServer server = starts.get(i).join();
                resources.addFirst(server);
                processes.put(services.get(i).folder(), processHandle(server.pid()));
            }
            processes.forEach((name, process) -> {
                if (!name.equals(Service.GATEWAY.folder())) {
                    cores.pinOther(process);
                }
            });
            RoomLogs logs = new RoomLogs(redis.address());
            resources.addFirst(logs);
            return new DoramiTarget(
                    URI.create(ports.address()),
                    secrets,
                    nativeServices.contains(Service.GATEWAY.folder())
                            ? "native"
                            : "Java " + System.getProperty("java.version") + " " + javaOptions,
                    "dorami",
                    new JsonProtocol(),
                    processes,
                    logs,
                    resources);
        } catch (CompletionException e) {
            resources.forEach(DoramiTarget::close);
            throw new CliError(String.valueOf(e.getCause()));
        } catch (RuntimeException e) {
            resources.forEach(DoramiTarget::close);
            throw e;
        }
    }

    /** Attaches to a running system. Processes and logs are available only if its data folder is on this machine. */
    public static DoramiTarget attach(URI address, DataFolder data) {
        Secrets secrets = Secrets.of(data, System.getenv());
        Map<String, ProcessHandle> processes = new LinkedHashMap<>();
        for (String name : List.of(
                "postgres",
                "redis",
                "gateway",
                "chat-service",
                "viewer-service",
                "product-service",
                "srs-hook-service")) {
            data.process(name).ifPresent(process -> processes.put(name, process));
        }
        List<AutoCloseable> resources = new ArrayList<>();
        RoomLogs logs = null;
        if (processes.containsKey("redis")) {
            logs = new RoomLogs("redis://127.0.0.1:" + new Ports(address.getPort()).redis());
            resources.add(logs);
        }
        return new DoramiTarget(
                address,
                secrets,
                "already running at " + address,
                "dorami",
                new JsonProtocol(),
                processes,
                logs,
                resources);
    }

    /** The same system with another protocol. */
    public DoramiTarget withProtocol(String protocolName) {
        ClientProtocol other = switch (protocolName) {
            case "json" -> new JsonProtocol();
            case "socket.io" -> new SocketIoProtocol();
            default -> throw new CliError("--wire: expected json or socket.io, got " + protocolName + ".");
        };
        return new DoramiTarget(
                address, secrets, deployment, "dorami " + protocolName, other, processes, logs, resources);
    }

    private static ProcessHandle processHandle(long pid) {
        return ProcessHandle.of(pid).orElseThrow(() -> new IllegalStateException("Process " + pid + " has ended"));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String description() {
        return "gateway, " + deployment + "; log and history in Redis with appendfsync everysec";
    }

    @Override
    public InetSocketAddress address() {
        return new InetSocketAddress(address.getHost(), address.getPort());
    }

    @Override
    public ClientProtocol protocol() {
        return protocol;
    }

    @Override
    public String jwtSecret() {
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
    public Optional<URI> apiAddress() {
        return Optional.of(address);
    }

    @Override
    public Optional<ProcessHandle> serverProcess() {
        return Optional.ofNullable(processes.get(Service.GATEWAY.folder()));
    }

    @Override
    public Map<String, ProcessHandle> otherProcesses() {
        Map<String, ProcessHandle> others = new LinkedHashMap<>(processes);
        others.remove(Service.GATEWAY.folder());
        return others;
    }

    @Override
    public @Nullable RoomLogs roomLogs() {
        return logs;
    }

    /** Closes once, even if several protocols were measured. */
    @Override
    public void close() {
        resources.forEach(DoramiTarget::close);
        resources.clear();
    }

    private static void close(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
