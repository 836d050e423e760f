package io.dorami.loadtest;

import io.dorami.local.CliError;
import io.dorami.local.Executables;
import io.dorami.local.Ports;
import io.dorami.local.ProcessSpec;
import io.dorami.local.UnsupervisedServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Nginx with nchan, in C: publish and subscribe and nothing else, messages in memory. A bound, not a like. */
final class NchanPeer implements Target {

    private static final List<String> MODULES = List.of("/usr/lib/nginx/modules", "/usr/lib64/nginx/modules");

    private final int port;
    private final UnsupervisedServer nginx;
    private final String version;

    private NchanPeer(int port, UnsupervisedServer nginx, String version) {
        this.port = port;
        this.nginx = nginx;
        this.version = version;
    }

    static NchanPeer start(Path source, Path folder, int port, Cores cores) {
        Ports.requireFree(port, "peer nchan");
        Path program = Stream.concat(Executables.find("nginx").stream(), Stream.of(Path.of("/usr/sbin/nginx")))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> missing());
        Path module = MODULES.stream()
                .map(place -> Path.of(place, "ngx_nchan_module.so"))
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> missing());
        try {
            Files.createDirectories(folder);
            Path file = folder.resolve("nginx.conf");
            Files.writeString(
                    file, Files.readString(source.resolve("nginx.conf")).formatted(module, folder, port));
            ProcessSpec part = new ProcessSpec(
                    "nchan",
                    List.of(program.toString(), "-c", file.toString()),
                    Map.of(),
                    folder,
                    ProcessSpec.TERMINATE);
            UnsupervisedServer nginx = new UnsupervisedServer(
                    cores.onServer(part), folder.resolve("output.log"), () -> SocketIoPeer.listens(port));
            return new NchanPeer(port, nginx, SocketIoPeer.output(program.toString(), "-v"));
        } catch (IOException e) {
            throw new CliError("The peer nchan cannot be set up in " + folder + ": " + e.getMessage());
        }
    }

    private static CliError missing() {
        return new CliError("The peer nchan needs Nginx with its module: apt install nginx libnginx-mod-nchan.");
    }

    @Override
    public String name() {
        return "nchan";
    }

    @Override
    public String description() {
        return version.replaceFirst(".*nginx/", "Nginx ")
                + " with nchan, one worker, messages in memory, no users, no rules, no history, no answers to senders";
    }

    @Override
    public InetSocketAddress address() {
        return new InetSocketAddress("127.0.0.1", port);
    }

    @Override
    public ClientProtocol wire() {
        return new PlainProtocol();
    }

    @Override
    public String secret() {
        return UUID.randomUUID().toString(); // tokens are made, as for all, and not looked at
    }

    @Override
    public String openRoom(int index) {
        return UUID.randomUUID().toString();
    }

    @Override
    public Optional<ProcessHandle> server() {
        return ProcessHandle.of(nginx.pid());
    }

    @Override
    public Map<String, ProcessHandle> others() {
        return Map.of();
    }

    @Override
    public @Nullable RoomLogs logs() {
        return null;
    }

    @Override
    public void close() {
        nginx.close();
    }
}
