package io.dorami.loadtest;

import io.dorami.contracts.User;
import io.dorami.local.DataFolder;
import io.dorami.local.DemoSeller;
import io.dorami.local.Environment;
import io.dorami.local.LocalPostgres;
import io.dorami.local.LocalRedis;
import io.dorami.local.Part;
import io.dorami.local.Ports;
import io.dorami.local.Readiness;
import io.dorami.local.Secrets;
import io.dorami.local.Server;
import io.dorami.local.Service;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** This suite: started for the run on ports of its own, or one that is up already. */
final class DoramiTarget implements Target {

    private final Ports ports;
    private final Secrets secrets;
    private final String javaOptions;
    private final Wire wire;
    private final ProcessHandle gateway;
    private final Map<String, ProcessHandle> others;
    private final RoomLogs logs;
    private final List<AutoCloseable> started;
    private final List<DemoSeller> sellers = new ArrayList<>();

    private DoramiTarget(
            Ports ports,
            Secrets secrets,
            String javaOptions,
            Wire wire,
            ProcessHandle gateway,
            Map<String, ProcessHandle> others,
            List<AutoCloseable> started) {
        this.ports = ports;
        this.secrets = secrets;
        this.javaOptions = javaOptions;
        this.wire = wire;
        this.gateway = gateway;
        this.others = others;
        this.started = started;
        this.logs = new RoomLogs("redis://127.0.0.1:" + ports.redis());
    }

    /** Starts Redis, PostgreSQL and the services on empty data; the gateway alone on the server's core. */
    static DoramiTarget start(
            Path home,
            DataFolder data,
            Ports ports,
            Cores cores,
            List<Service> services,
            String javaOptions,
            Wire wire) {
        ports.requireFree();
        data.deleteState();
        Secrets secrets = Secrets.of(data, System.getenv());
        Map<String, String> environment = new HashMap<>(Environment.of(ports, secrets, System.getenv()));
        environment.put("DORAMI_JAVA_OPTS", javaOptions);
        List<AutoCloseable> started = new ArrayList<>();
        Map<String, ProcessHandle> others = new LinkedHashMap<>();
        try {
            LocalPostgres postgres = LocalPostgres.start(data.postgres(), ports.postgres(), secrets.postgres());
            started.addFirst(postgres);
            others.put("postgres", handle(postgres.pid()));
            LocalRedis redis = LocalRedis.start(data.redis(), ports.redis());
            started.addFirst(redis);
            others.put("redis", handle(redis.pid()));

            Map<Service, CompletableFuture<Server>> starting = new LinkedHashMap<>();
            for (Service service : services) {
                Part part = service.part(home, ports, environment, false);
                Part placed = service == Service.GATEWAY ? cores.onServer(part) : part;
                starting.put(
                        service,
                        CompletableFuture.supplyAsync(
                                () -> new Server(
                                        placed,
                                        data.log(service.folder()),
                                        () -> Readiness.healthy(ports.management(service))),
                                task -> Thread.ofVirtual().start(task)));
            }
            ProcessHandle gateway = ProcessHandle.current();
            for (Map.Entry<Service, CompletableFuture<Server>> entry : starting.entrySet()) {
                Server server = entry.getValue().join();
                started.addFirst(server);
                if (entry.getKey() == Service.GATEWAY) {
                    gateway = handle(server.pid());
                } else {
                    others.put(entry.getKey().folder(), handle(server.pid()));
                }
            }
            others.values().forEach(cores::pinOther);
            return new DoramiTarget(ports, secrets, javaOptions, wire, gateway, others, started);
        } catch (RuntimeException e) {
            started.forEach(DoramiTarget::end);
            throw e;
        }
    }

    private static ProcessHandle handle(long pid) {
        return ProcessHandle.of(pid).orElseThrow(() -> new IllegalStateException("Process " + pid + " has ended"));
    }

    @Override
    public String name() {
        return "dorami";
    }

    @Override
    public String description() {
        return "gateway, Java " + System.getProperty("java.version") + " " + javaOptions
                + "; Redis with appendfsync everysec";
    }

    @Override
    public InetSocketAddress address() {
        return new InetSocketAddress("127.0.0.1", ports.base());
    }

    @Override
    public Wire wire() {
        return wire;
    }

    @Override
    public String secret() {
        return secrets.jwt();
    }

    @Override
    public String openRoom(int index) {
        User user = new User("load-seller-" + index, "Seller", User.Role.USER);
        DemoSeller seller = new DemoSeller(URI.create(ports.address()), ports, secrets, user);
        sellers.add(seller);
        return seller.goLive("Load " + index).value();
    }

    @Override
    public ProcessHandle server() {
        return gateway;
    }

    @Override
    public Map<String, ProcessHandle> others() {
        return others;
    }

    @Override
    public RoomLogs logs() {
        return logs;
    }

    @Override
    public void close() {
        logs.close();
        started.forEach(DoramiTarget::end);
    }

    private static void end(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
