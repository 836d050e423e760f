package io.dorami.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {

    @Test
    void deleteStores_deletesNothingElse(@TempDir Path folder) throws IOException {
        DataFolder data = new DataFolder(folder.resolve("data"));
        Path outside = Files.createDirectories(folder.resolve("outside"));
        Path outsideFile = Files.writeString(outside.resolve("file"), "");
        Files.createDirectories(data.redis());
        Files.createSymbolicLink(data.redis().resolve("link"), outside);
        Files.createSymbolicLink(data.postgres(), outside);
        Path secrets = Files.writeString(data.path().resolve("secrets.properties"), "");

        data.deleteStores();

        assertThat(data.redis()).doesNotExist();
        assertThat(Files.isSymbolicLink(data.postgres())).isFalse();
        assertThat(outsideFile).exists();
        assertThat(secrets).exists();
    }
}
