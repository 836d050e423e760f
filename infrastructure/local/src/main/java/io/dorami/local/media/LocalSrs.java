package io.dorami.local.media;

import io.dorami.local.CliError;
import io.dorami.local.process.Executables;
import io.dorami.local.process.PortProbe;
import io.dorami.local.process.ProcessSpec;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A real SRS with the configuration of production. Only the listeners, the folder and the number of connections differ;
 * they are set as production sets its secrets, by SRS's environment variables.
 */
public final class LocalSrs {

    public static final String NAME = "srs";

    /** Value of the variable DORAMI_SRS that keeps the launcher from using an installed SRS. */
    public static final String NONE = "none";

    private static final Path DEFAULT_INSTALLATION = Path.of("/usr/local/srs/objs/srs");

    /** Publishers, viewers and API calls. SRS starts only below the limit of open files, often 1024, minus 128. */
    private static final int MAX_CONNECTIONS = 500;

    private static final int PROBE_TIMEOUT_MILLIS = 1_000;

    private LocalSrs() {}

    /**
     * The listeners. Those for the gateway and for srs-hook-service are on loopback; the one of WebRTC is on all addresses,
     * because SRS has no setting for one, and accepts packets of sessions alone, which begin at the gateway.
     *
     * @param rtmpHost {@code localhost}, or an address of this machine, for encoders on other machines
     * @param webRtcPort UDP port
     */
    public record Listeners(String rtmpHost, int rtmpPort, int mediaPort, int apiPort, int webRtcPort) {

        /** Listeners on free ports of loopback, for tests. */
        public static Listeners onFreePorts() {
            return new Listeners(
                    "localhost",
                    PortProbe.findFree(),
                    PortProbe.findFree(),
                    PortProbe.findFree(),
                    PortProbe.findFree());
        }

        /** Server address for encoders. */
        public String rtmpAddress() {
            return "rtmp://" + rtmpHost + ":" + rtmpPort + "/" + HlsFileServer.APPLICATION;
        }

        public String apiAddress() {
            return "http://127.0.0.1:" + apiPort;
        }

        /** Returns true if SRS accepts connections on all listeners. */
        public boolean acceptConnections() {
            return accepts(rtmpBindHost(), rtmpPort)
                    && accepts("127.0.0.1", mediaPort)
                    && accepts("127.0.0.1", apiPort);
        }

        /** SRS needs a number, and localhost may have one of IPv6 too. */
        private String rtmpBindHost() {
            return rtmpHost.equals("localhost") ? "127.0.0.1" : rtmpHost;
        }

        private static boolean accepts(String host, int port) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(host, port), PROBE_TIMEOUT_MILLIS);
                return true;
            } catch (IOException e) {
                return false;
            }
        }
    }

    /**
     * Finds the executable: the configured one, {@code srs} in the PATH, or the one of SRS's own installation.
     *
     * @param configured value of the variable DORAMI_SRS
     */
    public static Optional<Path> findExecutable(@Nullable String configured) {
        if (configured == null || configured.isBlank()) {
            return Executables.find(NAME)
                    .or(() -> Optional.of(DEFAULT_INSTALLATION).filter(Files::isExecutable));
        }
        if (configured.equals(NONE)) {
            return Optional.empty();
        }
        Path executable = Path.of(configured).toAbsolutePath();
        if (!Files.isRegularFile(executable) || !Files.isExecutable(executable)) {
            throw new CliError("DORAMI_SRS: expected the executable of SRS 6 or \"" + NONE + "\", got " + configured);
        }
        return Optional.of(executable);
    }

    /**
     * Specifies the process.
     *
     * @param configuration the file srs.conf of production
     * @param folder folder for the HLS files and the process id
     * @param hookAuthority host and port of srs-hook-service
     * @param secret secret of the hooks and of the API
     */
    public static ProcessSpec processSpec(
            Path executable,
            Path configuration,
            Path folder,
            Listeners listeners,
            String hookAuthority,
            String secret) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "SRS_LISTEN",
                listeners.rtmpBindHost() + ":" + listeners.rtmpPort(),
                "SRS_HTTP_SERVER_LISTEN",
                "127.0.0.1:" + listeners.mediaPort(),
                "SRS_HTTP_API_LISTEN",
                "127.0.0.1:" + listeners.apiPort(),
                "SRS_MAX_CONNECTIONS",
                Integer.toString(MAX_CONNECTIONS),
                "SRS_PID",
                folder.resolve("srs.pid").toString(),
                "SRS_HTTP_SERVER_DIR",
                folder.toString(),
                "SRS_VHOST_HLS_HLS_PATH",
                folder.toString(),
                "SRS_HTTP_API_AUTH_PASSWORD",
                secret,
                "SRS_HEARTBEAT_URL",
                "http://" + hookAuthority + "/api/streaming/srs-heartbeat",
                "SRS_HEARTBEAT_DEVICE_ID",
                secret));
        environment.put("SRS_RTC_SERVER_LISTEN", Integer.toString(listeners.webRtcPort()));
        if (!listeners.rtmpHost().equals("localhost")) {
            environment.put(
                    "SRS_RTC_SERVER_CANDIDATE", listeners.rtmpHost()); // otherwise all of the machine's addresses
        }
        String hooks = "http://" + hookAuthority + "/api/srs/hooks?secret="
                + URLEncoder.encode(secret, StandardCharsets.UTF_8);
        for (String hook : List.of("PUBLISH", "UNPUBLISH", "CLOSE", "PLAY", "STOP")) {
            environment.put("SRS_VHOST_HTTP_HOOKS_ON_" + hook, hooks);
        }
        return new ProcessSpec(
                NAME,
                List.of(executable.toString(), "-c", configuration.toString()),
                environment,
                folder,
                ProcessSpec.TERMINATE);
    }
}
