package io.dorami.local.stores;

import io.dorami.local.CliError;
import io.dorami.local.FileTree;
import io.dorami.local.process.PortProbe;
import io.dorami.local.process.ProcessSpec;
import io.dorami.local.process.UnsupervisedServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.postgresql.ds.PGSimpleDataSource;

/** A real PostgreSQL on loopback, with its data in a folder and its log beside the folder. */
public final class LocalPostgres implements AutoCloseable {

    public static final String NAME = "postgres";

    private static final String DATABASE = "dorami";
    private static final int UNPRIVILEGED_ID = 65_534;

    // Services authenticate; the superuser of a development database is trusted on this machine.
    private static final String HOST_BASED_AUTHENTICATION = """
            host all postgres 127.0.0.1/32 trust
            host all all      127.0.0.1/32 scram-sha-256
            """;

    private static final String CONFIGURATION = """
            listen_addresses = '127.0.0.1'
            unix_socket_directories = ''
            shared_buffers = 32MB # a show's tables fit many times
            """;

    private final int port;
    private final UnsupervisedServer server;

    private LocalPostgres(Path folder, int port, String password) {
        this.port = port;
        this.server = new UnsupervisedServer(
                processSpec(folder, port), folder.resolveSibling(folder.getFileName() + ".log"), () -> isReady(port));
        prepareDatabase(port, password);
    }

    /** Starts PostgreSQL on a free port. */
    public static LocalPostgres start(Path folder, String password) {
        return start(folder, PortProbe.findFree(), password);
    }

    /** Starts PostgreSQL with the services' roles and schemas, and returns when it is ready. */
    public static LocalPostgres start(Path folder, int port, String password) {
        return new LocalPostgres(folder.toAbsolutePath(), port, password);
    }

    /** Creates the database cluster if it does not exist, and specifies the process. */
    public static ProcessSpec processSpec(Path folder, int port) {
        if (!Files.exists(folder.resolve("PG_VERSION"))) {
            createCluster(folder);
        }
        deleteStalePidFile(folder.resolve("postmaster.pid"));
        List<String> command =
                asUnprivileged(executable("postgres"), "-D", folder.toString(), "-p", Integer.toString(port));
        // INT is PostgreSQL's fast shutdown; TERM would wait until every client disconnects.
        return new ProcessSpec(NAME, command, Map.of(), folder, ProcessSpec.INTERRUPT);
    }

    /** Creates the missing database, roles and schemas of the services, and sets their password. */
    public static void prepareDatabase(int port, String password) {
        try {
            try (Connection connection = connect(port, "postgres");
                    Statement statement = connection.createStatement();
                    ResultSet found =
                            statement.executeQuery("SELECT FROM pg_database WHERE datname = '" + DATABASE + "'")) {
                if (!found.next()) {
                    statement.execute("CREATE DATABASE " + DATABASE);
                }
            }
            try (Connection connection = connect(port, DATABASE);
                    Statement statement = connection.createStatement()) {
                statement.setEscapeProcessing(false);
                statement.execute(initScript().replace(":'password'", "'" + password.replace("'", "''") + "'"));
            }
        } catch (SQLException e) {
            throw new IllegalStateException("init.sql failed in PostgreSQL", e);
        }
    }

    public static boolean isReady(int port) {
        try (Connection connection = connect(port, "postgres")) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return false;
        }
    }

    private static Connection connect(int port, String database) throws SQLException {
        PGSimpleDataSource source = new PGSimpleDataSource(); // in a Quarkus test DriverManager has no driver
        source.setUrl("jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?connectTimeout=2&socketTimeout=30");
        source.setUser("postgres");
        return source.getConnection();
    }

    private static String initScript() {
        try (InputStream script =
                Objects.requireNonNull(LocalPostgres.class.getResourceAsStream("/postgres/init.sql"))) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Creates the cluster beside its folder and moves it there, so that the folder is complete even after a power
     * failure.
     */
    private static void createCluster(Path folder) {
        Path fresh = folder.resolveSibling(folder.getFileName() + ".new");
        FileTree.delete(fresh);
        try {
            Files.createDirectories(fresh);
            // The built-in locale sorts the same on every machine, independent of the installed locales.
            String options =
                    "-U postgres -A trust -E UTF8 --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8";
            List<String> command = asUnprivileged(executable("initdb"), "-D", fresh.toString());
            command.addAll(List.of(options.split(" ")));
            if (command.getFirst().equals("setpriv")) {
                Files.setAttribute(fresh, "unix:uid", UNPRIVILEGED_ID);
            }
            Process initdb =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(initdb.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (initdb.waitFor() != 0) {
                throw new CliError("PostgreSQL cannot create its data in " + fresh + ":\n" + output
                        + "As root, allow user namespaces (unshare -U) or choose a folder that user id "
                        + UNPRIVILEGED_ID + " can reach.");
            }
            Files.writeString(fresh.resolve("pg_hba.conf"), HOST_BASED_AUTHENTICATION);
            Files.writeString(fresh.resolve("postgresql.conf"), CONFIGURATION, StandardOpenOption.APPEND);
            Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /**
     * Deletes the file if a foreign process has the id, because PostgreSQL would mistake that process for its
     * predecessor.
     */
    private static void deleteStalePidFile(Path file) {
        try {
            if (Files.exists(file)) {
                long pid = Math.abs(
                        Long.parseLong(Files.readAllLines(file).getFirst().strip()));
                boolean foreign = ProcessHandle.of(pid)
                        .flatMap(process -> process.info().command())
                        .filter(command -> !command.endsWith("postgres"))
                        .isPresent();
                if (foreign) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Runs the command in a user namespace or, if those are closed, as an unprivileged user, because PostgreSQL refuses
     * root.
     */
    private static List<String> asUnprivileged(String... command) {
        List<String> line = new ArrayList<>();
        if (Binaries.isRoot()) {
            line.addAll(
                    canUseNamespaces()
                            ? List.of("unshare", "-U")
                            : List.of(
                                    "setpriv",
                                    "--reuid=" + UNPRIVILEGED_ID,
                                    "--regid=" + UNPRIVILEGED_ID,
                                    "--clear-groups"));
        }
        line.addAll(List.of(command));
        return line;
    }

    private static boolean canUseNamespaces() {
        try {
            return new ProcessBuilder("unshare", "-U", "true").start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static String executable(String name) {
        return Binaries.postgres().resolve("bin").resolve(name).toString();
    }

    /** Value of {@code DORAMI_POSTGRES_ADDRESS}. */
    public String address() {
        return address(port);
    }

    public static String address(int port) {
        return "127.0.0.1:" + port + "/" + DATABASE;
    }

    int port() {
        return port;
    }

    public long pid() {
        return server.pid();
    }

    /** Sends SIGKILL. */
    public void kill() {
        server.kill();
    }

    /** Restarts the server on the same data and port, after a graceful shutdown if it runs. */
    public void restart() {
        server.restart();
    }

    @Override
    public void close() {
        server.close();
    }
}
