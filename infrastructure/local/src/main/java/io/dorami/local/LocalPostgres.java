package io.dorami.local;

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

/** A real PostgreSQL that keeps its data in a folder, its log beside it, and listens on loopback only. */
public final class LocalPostgres implements AutoCloseable {

    static final String NAME = "postgres";

    private static final String DATABASE = "dorami";
    private static final int NOBODY = 65_534;

    // Services prove who they are; the superuser of a development database is whoever is on this machine.
    private static final String ACCESS = """
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
                part(folder, port), folder.resolveSibling(folder.getFileName() + ".log"), () -> answers(port));
        prepareDatabase(port, password);
    }

    /** Starts it on a free port. */
    public static LocalPostgres start(Path folder, String password) {
        return start(folder, Ports.anyFree(), password);
    }

    /** Starts it with the services' roles and schemas, and returns when it answers. */
    public static LocalPostgres start(Path folder, int port, String password) {
        return new LocalPostgres(folder.toAbsolutePath(), port, password);
    }

    static ProcessSpec part(Path folder, int port) {
        if (!Files.exists(folder.resolve("PG_VERSION"))) {
            createCluster(folder);
        }
        forgetForeignPid(folder.resolve("postmaster.pid"));
        List<String> command = unprivileged(binary("postgres"), "-D", folder.toString(), "-p", Integer.toString(port));
        // INT is PostgreSQL's fast shutdown; TERM would wait for every client to leave.
        return new ProcessSpec(NAME, command, Map.of(), folder, ProcessSpec.INTERRUPT);
    }

    /** Creates what the services expect, if it is not there, and sets their password. */
    static void prepareDatabase(int port, String password) {
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
            throw new IllegalStateException("PostgreSQL refuses init.sql", e);
        }
    }

    static boolean answers(int port) {
        try (Connection connection = connect(port, "postgres")) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return false;
        }
    }

    private static Connection connect(int port, String database) throws SQLException {
        PGSimpleDataSource source = new PGSimpleDataSource(); // DriverManager knows no driver in a Quarkus test
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

    /** Made beside its place and moved: a folder that has the name is complete, whenever the power went. */
    private static void createCluster(Path folder) {
        Path fresh = folder.resolveSibling(folder.getFileName() + ".new");
        DataFolder.delete(fresh);
        try {
            Files.createDirectories(fresh);
            // The built-in locale sorts the same on every machine, whatever locales it has.
            String options =
                    "-U postgres -A trust -E UTF8 --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8";
            List<String> command = unprivileged(binary("initdb"), "-D", fresh.toString());
            command.addAll(List.of(options.split(" ")));
            if (command.getFirst().equals("setpriv")) {
                Files.setAttribute(fresh, "unix:uid", NOBODY);
            }
            Process initdb =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(initdb.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (initdb.waitFor() != 0) {
                throw new CliError("PostgreSQL cannot create its data in " + fresh + ":\n" + output
                        + "As root it needs user namespaces (unshare -U), or a folder that user nobody can reach.");
            }
            Files.writeString(fresh.resolve("pg_hba.conf"), ACCESS);
            Files.writeString(fresh.resolve("postgresql.conf"), CONFIGURATION, StandardOpenOption.APPEND);
            Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** PostgreSQL takes the id of its dead predecessor for alive when any process has it by now. */
    private static void forgetForeignPid(Path file) {
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

    /** PostgreSQL refuses to run as root: there it gets a user namespace or, where those are closed, user nobody. */
    private static List<String> unprivileged(String... command) {
        List<String> line = new ArrayList<>();
        if (Binaries.root()) {
            line.addAll(
                    namespacesOpen()
                            ? List.of("unshare", "-U")
                            : List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
        }
        line.addAll(List.of(command));
        return line;
    }

    private static boolean namespacesOpen() {
        try {
            return new ProcessBuilder("unshare", "-U", "true").start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static String binary(String name) {
        return Binaries.postgres().resolve("bin").resolve(name).toString();
    }

    /** Address for {@code DORAMI_POSTGRES_ADDRESS}. */
    public String address() {
        return address(port);
    }

    static String address(int port) {
        return "127.0.0.1:" + port + "/" + DATABASE;
    }

    public int port() {
        return port;
    }

    public long pid() {
        return server.pid();
    }

    /** SIGKILL. */
    public void kill() {
        server.kill();
    }

    /** Starts it again on the same data and port; stops it in good order first if it runs. */
    public void restart() {
        server.restart();
    }

    @Override
    public void close() {
        server.close();
    }
}
