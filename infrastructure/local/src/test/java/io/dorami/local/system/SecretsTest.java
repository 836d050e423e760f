package io.dorami.local.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dorami.local.CliError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsTest {

    @Test
    void generatedOnce_andReadableByOwnerOnly(@TempDir Path folder) throws IOException {
        DataFolder data = new DataFolder(folder.resolve("data"));

        Secrets first = Secrets.of(data, Map.of());
        Secrets second = Secrets.of(data, Map.of());

        assertThat(second).isEqualTo(first);
        assertThat(first.jwt()).hasSizeGreaterThanOrEqualTo(32).isNotEqualTo(first.srs());
        assertThat(first.postgres()).isNotBlank();
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(data.path().resolve("secrets.properties"))))
                .isEqualTo("rw-------");
    }

    @Test
    void environmentVariable_takesPrecedence(@TempDir Path folder) {
        String value = "a secret of the user that is long enough";

        Secrets secrets = Secrets.of(new DataFolder(folder), Map.of("DORAMI_JWT_SECRET", value));

        assertThat(secrets.jwt()).isEqualTo(value);
    }

    @Test
    void secretTooShortForSignature_isRejected(@TempDir Path folder) {
        assertThatThrownBy(() -> Secrets.of(new DataFolder(folder), Map.of("DORAMI_JWT_SECRET", "short")))
                .isInstanceOf(CliError.class)
                .hasMessageContaining("DORAMI_JWT_SECRET: expected at least 32 bytes, got 5");
    }
}
