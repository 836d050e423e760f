package io.dorami.loadtest.targets;

import io.dorami.loadtest.measurement.Cores;
import io.dorami.loadtest.measurement.RoomLogs;
import io.dorami.loadtest.protocol.ClientProtocol;
import io.dorami.loadtest.protocol.PlainProtocol;
import io.dorami.local.CliError;
import io.dorami.local.process.Executables;
import io.dorami.local.process.ProcessSpec;
import io.dorami.local.process.UnsupervisedServer;
import io.dorami.local.system.Ports;
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

/** Nginx with nchan, in C: publish and subscribe only, with messages in memory. A bound, not an equivalent. */
public final class NchanPeer implements Target {

    private static final List<String> MODULES = List.of("/usr/lib/nginx/modules", "/usr/lib64/nginx/modules");

    private final int port;
    private final UnsupervisedServer nginx;
    private final String version;

    private NchanPeer(int port, UnsupervisedServer nginx, String version) {
        this.port = port;
        this.nginx = nginx;
        this.version = version;
    }

    public static NchanPeer start(Path source, Path folder, int port, Cores cores) {
        Ports.requireFree(port, "peer nchan");
        Path program = Stream.concat(Executables.find("nginx").stream(), Stream.of(Path.of("/usr/sbin/nginx")))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> missing());
        Path module = MODULES.stream()
                .map(folderName -> Path.of(folderName, "ngx_nchan_module.so"))
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> missing());
        try {
            Files.createDirectories(folder);
            Path file = folder.resolve("nginx.conf");
            Files.writeString(
                    file, Files.readString(source.resolve("nginx.conf")).formatted(module, folder, port));
            ProcessSpec spec = new ProcessSpec(
                    "nchan",
                    List.of(program.toString(), "-c", file.toString()),
                    Map.of(),
                    folder,
                    ProcessSpec.TERMINATE);
            UnsupervisedServer nginx = new UnsupervisedServer(
                    cores.onServerCore(spec), folder.resolve("output.log"), () -> SocketIoPeer.isListening(port));
            return new NchanPeer(port, nginx, SocketIoPeer.outputOf(program.toString(), "-v"));
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
                + " with nchan, one worker, messages in memory, no users, no rules, no history, no replies to senders";
    }

    @Override
    public InetSocketAddress address() {
        return new InetSocketAddress("127.0.0.1", port);
    }

    @Override
    public ClientProtocol protocol() {
        return new PlainProtocol();
    }

    @Override
    public String jwtSecret() {
        return UUID.randomUUID().toString(); // tokens are signed, as for all targets, but not verified
    }

    @Override
    public String openRoom(int index) {
        return UUID.randomUUID().toString();
    }

    @Override
    public Optional<ProcessHandle> serverProcess() {
        return ProcessHandle.of(nginx.pid());
    }

    @Override
    public Map<String, ProcessHandle> otherProcesses() {
        return Map.of();
    }

    @Override
    public @Nullable RoomLogs roomLogs() {
        return null;
    }

    @Override
    public void close() {
        nginx.close();
    }
}
