package io.dorami.endtoend.system;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A real Nginx with the configuration of production, written by {@code render.sh}; only ports, files and settings belong to
 * the test. {@code -Dnginx=PATH} tests another version than the installed one.
 */
public final class NginxProxy implements AutoCloseable {

    private static final Path CONFIGURATION = Repository.ROOT.resolve("infrastructure/docker/nginx-proxy");

    private final Path folder;
    private final int port;
    private final boolean usesTls;
    private final Process process;

    /** @param settings variables of {@code settings.envsh} */
    public NginxProxy(Map<String, String> settings) {
        this(settings, Map.of());
    }

    /**
     * @param settings variables of {@code settings.envsh}
     * @param changes texts of the routes with their replacements, to shorten a timeout
     */
    public NginxProxy(Map<String, String> settings, Map<String, String> changes) {
        int httpPort = ReplicaProcess.findFreePort();
        int httpsPort = ReplicaProcess.findFreePort();
        usesTls = "tls".equals(settings.get("DORAMI_EDGE"));
        port = usesTls ? httpsPort : httpPort;
        folder = configure(
                with(
                        settings,
                        Map.of(
                                "DORAMI_HTTP_LISTEN", "127.0.0.1:" + httpPort,
                                "DORAMI_HTTPS_LISTEN", "127.0.0.1:" + httpsPort)),
                changes);
        try {
            process = command(folder, "-g", "daemon off;")
                    .redirectOutput(folder.resolve("output.log").toFile())
                    .start();
            await("Nginx")
                    .atMost(Duration.ofSeconds(10))
                    .failFast("Nginx has ended: see " + folder.resolve("output.log"), () -> !process.isAlive())
                    .until(() -> acceptsConnections(port));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static boolean isInstalled() {
        return program().isPresent();
    }

    /** Lets Nginx check the configuration with these settings. Returns its messages, without those of a valid file. */
    public static String check(Map<String, String> settings) {
        Path folder = configure(settings, Map.of());
        try {
            Process check = command(folder, "-t").start();
            String messages = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return check.waitFor() == 0 && messages.contains("test is successful") ? "" : messages;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** A file of the configuration, filled in with these settings. */
    public static String rendered(String file, Map<String, String> settings) {
        try {
            return Files.readString(configure(settings, Map.of()).resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The settings with others, which replace those of the same name. */
    public static Map<String, String> with(Map<String, String> settings, Map<String, String> others) {
        Map<String, String> all = new HashMap<>(settings);
        all.putAll(others);
        return Map.copyOf(all);
    }

    public URI url(String path) {
        return URI.create((usesTls ? "https" : "http") + "://localhost:" + port + path);
    }

    /** URL of a WebSocket endpoint. */
    public URI socketUrl(String path) {
        return URI.create((usesTls ? "wss" : "ws") + "://localhost:" + port + path);
    }

    /** A client of this version of HTTP that trusts this Nginx's certificate. */
    public HttpClient newClient(HttpClient.Version version) {
        HttpClient.Builder client = HttpClient.newBuilder().version(version);
        return (usesTls ? client.sslContext(trustingContext()) : client).build();
    }

    /** The context of TLS clients that trust this Nginx's certificate alone. */
    public SSLContext trustingContext() {
        try (InputStream file = Files.newInputStream(folder.resolve("tls.crt"))) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            store.setCertificateEntry(
                    "edge", CertificateFactory.getInstance("X.509").generateCertificate(file));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The processes that handle requests. */
    public List<ProcessHandle> workers() {
        return process.toHandle().children().toList();
    }

    /** All that Nginx has logged. */
    public String logs() throws IOException {
        StringBuilder all = new StringBuilder();
        for (String name : List.of("access.log", "error.log", "output.log")) {
            all.append(Files.readString(folder.resolve(name)));
        }
        return all.toString();
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }

    private static boolean acceptsConnections(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static Optional<Path> program() {
        return Stream.concat(
                        Stream.ofNullable(System.getProperty("nginx")).map(Path::of),
                        // Debian has servers in a folder that is not in every user's path.
                        Stream.concat(Stream.of(System.getenv("PATH").split(":")), Stream.of("/usr/sbin"))
                                .map(folder -> Path.of(folder, "nginx")))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static ProcessBuilder command(Path folder, String... options) {
        Stream<String> command = Stream.of(
                program().orElseThrow().toString(),
                "-e",
                folder.resolve("error.log").toString(),
                "-p",
                folder.toString(),
                "-c",
                folder.resolve("nginx.conf").toString());
        return new ProcessBuilder(Stream.concat(command, Stream.of(options)).toList()).redirectErrorStream(true);
    }

    /** Writes the configuration to a new folder. */
    private static Path configure(Map<String, String> settings, Map<String, String> changes) {
        try {
            Path folder = TestFolders.create("dorami-nginx");
            if ("tls".equals(settings.get("DORAMI_EDGE"))) {
                createCertificate(folder);
            }
            Map<String, String> files = Map.of(
                    "DORAMI_TLS_CERTIFICATE", folder.resolve("tls.crt").toString(),
                    "DORAMI_TLS_KEY", folder.resolve("tls.key").toString());
            ProcessBuilder render =
                    new ProcessBuilder("sh", CONFIGURATION.resolve("render.sh").toString(), folder.toString());
            render.environment().keySet().removeIf(name -> name.startsWith("DORAMI_"));
            render.environment().putAll(with(settings, files));
            run(render.directory(folder.toFile()));
            // Files below /tmp move to this process's folder, because another Nginx may run.
            replace(folder.resolve("nginx.conf"), Map.of("/tmp/", folder + "/", "/dev/stdout", "access.log"));
            replace(folder.resolve("conf.d/routes.inc"), changes);
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void replace(Path file, Map<String, String> changes) throws IOException {
        String text = Files.readString(file);
        for (Map.Entry<String, String> change : changes.entrySet()) {
            if (!text.contains(change.getKey())) {
                throw new IllegalStateException(file.getFileName() + " does not contain " + change.getKey());
            }
            text = text.replace(change.getKey(), change.getValue());
        }
        Files.writeString(file, text);
    }

    private static void createCertificate(Path folder) throws IOException {
        run(new ProcessBuilder(
                        ("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout tls.key"
                                        + " -out tls.crt -subj /CN=localhost"
                                        + " -addext subjectAltName=DNS:localhost,IP:127.0.0.1")
                                .split(" "))
                .directory(folder.toFile()));
    }

    private static void run(ProcessBuilder command) throws IOException {
        Process process = command.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.onExit().join().exitValue() != 0) {
            throw new IOException(command.command() + ": " + output);
        }
    }
}
