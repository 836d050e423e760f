package io.dorami.endtoend.streams;

import io.dorami.endtoend.system.Repository;
import io.dorami.local.media.LocalSrs;
import io.dorami.local.process.ProcessSpec;
import io.dorami.local.process.UnsupervisedServer;
import io.dorami.testing.TestSecrets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A real SRS with the configuration of production, as the launcher runs it. */
final class SrsProcess implements AutoCloseable {

    private static final Path CONFIGURATION = Repository.ROOT.resolve("infrastructure/docker/srs/srs.conf");

    private final Path executable;
    private final LocalSrs.Listeners listeners = LocalSrs.Listeners.onFreePorts();
    private @Nullable UnsupervisedServer server;

    SrsProcess(Path executable) {
        this.executable = executable;
    }

    /** The executable that the property {@code srs} names, or an installed one. */
    static Optional<Path> findExecutable() {
        return LocalSrs.findExecutable(System.getProperty("srs"));
    }

    /** @param hookAuthority host and port of the service that receives the hooks */
    void start(String hookAuthority) {
        try {
            Path folder = Files.createTempDirectory("dorami-srs");
            ProcessSpec spec =
                    LocalSrs.processSpec(executable, CONFIGURATION, folder, listeners, hookAuthority, TestSecrets.SRS);
            server = new UnsupervisedServer(spec, folder.resolve("srs.log"), listeners::acceptConnections);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String apiAddress() {
        return listeners.apiAddress();
    }

    /** The address for encoders, with an application such as {@code live}. */
    String rtmpAddress(String application) {
        return "rtmp://127.0.0.1:" + listeners.rtmpPort() + "/" + application;
    }

    /** The address to which Nginx maps HTTP-FLV players. */
    String flvAddress(String key) {
        return "http://127.0.0.1:" + listeners.mediaPort() + "/live/" + key + ".flv";
    }

    @Override
    public void close() {
        if (server != null) {
            server.kill();
        }
    }
}
