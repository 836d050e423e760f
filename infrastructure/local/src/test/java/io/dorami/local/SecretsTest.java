package io.dorami.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsTest {

    @Test
    void areGeneratedOnceAndForTheOwnerOnly(@TempDir Path folder) throws IOException {
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
    void comeFromTheEnvironmentFirst(@TempDir Path folder) {
        String given = "a secret of the user that is long enough";

        Secrets secrets = Secrets.of(new DataFolder(folder), Map.of("DORAMI_JWT_SECRET", given));

        assertThat(secrets.jwt()).isEqualTo(given);
    }

    @Test
    void areRefusedWhenTooShortForTheSignature(@TempDir Path folder) {
        assertThatThrownBy(() -> Secrets.of(new DataFolder(folder), Map.of("DORAMI_JWT_SECRET", "short")))
                .isInstanceOf(CliError.class)
                .hasMessageContaining("DORAMI_JWT_SECRET has 5 bytes and needs at least 32");
    }
}
