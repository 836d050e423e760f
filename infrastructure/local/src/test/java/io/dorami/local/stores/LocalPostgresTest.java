package io.dorami.local.stores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalPostgresTest {

    private static final String PASSWORD = "it's a secret";

    @Test
    void kill_keepsData(@TempDir Path folder) throws SQLException {
        try (LocalPostgres postgres = LocalPostgres.start(folder.resolve("data"), PASSWORD)) {
            try (Connection product = connect(postgres, "product", PASSWORD);
                    Statement statement = product.createStatement()) {
                statement.execute("CREATE TABLE stock AS SELECT 7 AS left_over");
            }
            long firstPid = postgres.pid();

            postgres.kill();
            assertThat(LocalPostgres.isReady(postgres.port())).isFalse();
            postgres.restart();

            assertThat(postgres.pid()).isNotEqualTo(firstPid);
            try (Connection product = connect(postgres, "product", PASSWORD);
                    Statement statement = product.createStatement();
                    ResultSet row = statement.executeQuery("SELECT left_over FROM product.stock")) {
                assertThat(row.next()).isTrue();
                assertThat(row.getInt(1)).isEqualTo(7);
            }
        }
    }

    @Test
    void servicePassword_isRequiredAndReplaceable(@TempDir Path folder) throws SQLException {
        Path data = folder.resolve("data");
        try (LocalPostgres postgres = LocalPostgres.start(data, PASSWORD)) {
            assertThatThrownBy(() -> connect(postgres, "stream", "wrong")).hasMessageContaining("password");
        }
        try (LocalPostgres postgres = LocalPostgres.start(data, "another");
                Connection stream = connect(postgres, "stream", "another")) {
            assertThat(stream.getSchema()).isEqualTo("stream");
        }
    }

    @Test
    void starts_ifForeignProcessHasOldPid(@TempDir Path folder) throws IOException {
        Path data = folder.resolve("data");
        LocalPostgres.start(data, PASSWORD).close();
        long ownPid = ProcessHandle.current().pid();
        Files.write(
                data.resolve("postmaster.pid"),
                List.of(Long.toString(ownPid), data.toString(), "1", "5432", "", "127.0.0.1", "", ""));

        try (LocalPostgres postgres = LocalPostgres.start(data, PASSWORD)) {
            assertThat(LocalPostgres.isReady(postgres.port())).isTrue();
        }
    }

    private static Connection connect(LocalPostgres postgres, String user, String password) throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://" + postgres.address(), user, password);
    }
}
