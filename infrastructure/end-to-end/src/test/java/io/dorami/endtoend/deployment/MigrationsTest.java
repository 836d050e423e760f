package io.dorami.endtoend.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.dorami.endtoend.system.Repository;
import io.dorami.endtoend.system.TestFolders;
import io.dorami.local.stores.LocalPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Checks that migrations only add, because the previous version runs on the new schema during a rollout. Every object
 * of the catalog still exists after a migration with the same type, and an existing table gets no constraint that could
 * reject a row of the previous version.
 */
class MigrationsTest {

    private static final String PASSWORD = "test-password";

    private static final String COLUMNS = """
        SELECT table_name || '.' || column_name,
          udt_name || CASE is_nullable WHEN 'NO' THEN ' NOT NULL' ELSE '' END,
          is_nullable = 'YES' OR column_default IS NOT NULL OR is_identity = 'YES' OR is_generated = 'ALWAYS'
        FROM information_schema.columns WHERE table_schema = current_schema\
        """;

    private static final String CONSTRAINTS = """
        SELECT conrelid::regclass || '.' || pg_get_constraintdef(c.oid), 'constraint', false
        FROM pg_constraint c WHERE connamespace = current_schema::regnamespace AND conrelid <> 0 AND contype <> 'n'
        UNION ALL
        SELECT indrelid::regclass || '.' || pg_get_indexdef(indexrelid), 'unique index', false
        FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
        WHERE indisunique AND relnamespace = current_schema::regnamespace\
        """;

    private static final String FUNCTIONS = """
        SELECT proname || '(' || pg_get_function_identity_arguments(oid) || ')', pg_get_function_result(oid), true
        FROM pg_proc WHERE pronamespace = current_schema::regnamespace\
        """;

    private static Path dataFolder;
    private static LocalPostgres postgres;

    /** Object of the catalog; {@code isOptional} if rows and calls of the previous version work without it. */
    private record CatalogObject(String definition, boolean isOptional) {}

    /** Snapshot of a schema: objects by name, such as {@code table.column}. */
    private record Schema(
            Map<String, CatalogObject> columns,
            Map<String, CatalogObject> constraints,
            Map<String, CatalogObject> functions) {

        /** Reasons for which a program written for this schema fails on a later schema. */
        List<String> incompatibilitiesWith(Schema later) {
            List<String> problems = new ArrayList<>();
            List<String> tables =
                    columns.keySet().stream().map(Schema::table).distinct().toList();
            Stream.of(columns, functions)
                    .forEach(known -> known.forEach((name, object) -> {
                        CatalogObject now = (known.equals(columns) ? later.columns : later.functions).get(name);
                        if (now == null || !now.definition.equals(object.definition)) {
                            problems.add(name + " was " + object.definition + " and is "
                                    + (now == null ? "gone" : now.definition));
                        }
                    }));
            later.columns.forEach((name, object) -> {
                if (!columns.containsKey(name) && !object.isOptional && tables.contains(table(name))) {
                    problems.add(name + " is new and required");
                }
            });
            later.constraints.keySet().stream()
                    .filter(name -> !constraints.containsKey(name) && tables.contains(table(name)))
                    .forEach(name -> problems.add(name + " is new and may reject a row"));
            return problems;
        }

        private static String table(String name) {
            return name.substring(0, name.indexOf('.'));
        }
    }

    @BeforeAll
    static void start() throws IOException {
        dataFolder = TestFolders.create("dorami-replicas");
        postgres = LocalPostgres.start(dataFolder.resolve("postgres"), PASSWORD);
    }

    @AfterAll
    static void end() {
        postgres.close();
        TestFolders.deleteKeepingLogs(dataFolder);
    }

    @ParameterizedTest
    @CsvSource({
        "product-service, product, 1",
        "srs-hook-service, stream, 2", // V2 drops columns; no version with V1 alone was ever run
        "chat-service, chat, 1",
        "viewer-service, viewer, 1"
    })
    void previousVersionRunsOnNewSchema(String service, String role, int first) throws Exception {
        try (Connection connection = connect(role)) {
            List<Path> versions = scripts(Repository.ROOT.resolve(service + "/src/main/resources/db/migration"), "V");
            List<Path> repeatable = new ArrayList<>(
                    scripts(Repository.ROOT.resolve(service + "/src/main/resources/db/migration"), "R"));
            if (!role.equals("viewer")) { // viewer-service publishes no events
                repeatable.addAll(scripts(
                        Repository.ROOT.resolve("infrastructure/service-defaults/src/main/resources/db/outbox"), "R"));
            }
            for (int version = 1; version <= first; version++) {
                run(connection, versions.removeFirst());
            }
            Schema schema = readSchema(connection);
            assertThat(schema.columns).isNotEmpty();
            for (Path script : Stream.of(versions, repeatable, repeatable)
                    .flatMap(List::stream)
                    .toList()) {
                run(connection, script);
                Schema next = readSchema(connection);
                assertThat(schema.incompatibilitiesWith(next))
                        .as(script.getFileName().toString())
                        .isEmpty();
                schema = next;
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER TABLE cup DROP COLUMN name",
                "ALTER TABLE cup RENAME COLUMN name TO title",
                "ALTER TABLE cup ALTER COLUMN size TYPE bigint",
                "ALTER TABLE cup ALTER COLUMN size SET NOT NULL",
                "ALTER TABLE cup ALTER COLUMN name DROP NOT NULL",
                "ALTER TABLE cup ADD COLUMN color text NOT NULL",
                "ALTER TABLE cup ADD CHECK (size > 0)",
                "CREATE UNIQUE INDEX cup_name ON cup (name)",
                "DROP TABLE cup",
                "DROP FUNCTION cups()"
            })
    void incompatibleMigrationIsDetected(String migration) throws Exception {
        assertThat(incompatibilitiesOf(migration)).hasSizeGreaterThanOrEqualTo(1);
    }

    @Test
    void additiveMigrationIsAccepted() throws Exception {
        assertThat(incompatibilitiesOf("""
            ALTER TABLE cup ADD COLUMN color text, ADD COLUMN price integer NOT NULL DEFAULT 0;
            CREATE INDEX cup_size ON cup (size);
            CREATE TABLE pot (name text PRIMARY KEY, size integer NOT NULL CHECK (size > 0))\
            """)).isEmpty();
    }

    private static List<String> incompatibilitiesOf(String migration) throws SQLException {
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("DROP SCHEMA IF EXISTS shelf CASCADE; CREATE SCHEMA shelf; SET search_path = shelf");
            statement.execute("CREATE TABLE cup (name text NOT NULL, size integer)");
            statement.execute("CREATE FUNCTION cups() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM cup'");
            Schema before = readSchema(connection);
            statement.execute(migration);
            return before.incompatibilitiesWith(readSchema(connection));
        }
    }

    private static List<Path> scripts(Path folder, String kind) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return new ArrayList<>(files.filter(
                            file -> file.getFileName().toString().startsWith(kind))
                    .sorted(Comparator.comparingInt(MigrationsTest::version).thenComparing(Path::getFileName))
                    .toList());
        }
    }

    private static int version(Path script) {
        String digits = script.getFileName().toString().replaceFirst("^.(\\d*)__.*", "$1");
        return digits.isEmpty() ? 0 : Integer.parseInt(digits);
    }

    private static void run(Connection connection, Path script) throws IOException, SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(Files.readString(script));
        }
    }

    private static Schema readSchema(Connection connection) throws SQLException {
        return new Schema(
                readObjects(connection, COLUMNS),
                readObjects(connection, CONSTRAINTS),
                readObjects(connection, FUNCTIONS));
    }

    private static Map<String, CatalogObject> readObjects(Connection connection, String query) throws SQLException {
        Map<String, CatalogObject> objects = new TreeMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                objects.put(rows.getString(1), new CatalogObject(rows.getString(2), rows.getBoolean(3)));
            }
        }
        return objects;
    }

    private static Connection connect(String role) throws SQLException {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl("jdbc:postgresql://" + postgres.address());
        source.setUser(role);
        source.setPassword(PASSWORD);
        return source.getConnection();
    }
}
