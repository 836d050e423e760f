package io.dorami.local.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceWatcherTest {

    @TempDir
    private Path folder = Path.of("");

    private Path edited = Path.of("");
    private Path deleted = Path.of("");
    private SourceWatcher watcher = new SourceWatcher(List.of());

    @BeforeEach
    void watchFolder() throws IOException {
        Path sources = Files.createDirectories(folder.resolve("service/src/main/java/io"));
        edited = Files.writeString(sources.resolve("Edited.java"), "class Edited {}");
        deleted = Files.writeString(sources.resolve("Deleted.java"), "class Deleted {}");
        watcher = new SourceWatcher(List.of(folder.resolve("service"), folder.resolve("library")));
    }

    @Test
    void unchangedFiles_areNotReported() {
        assertThat(watcher.poll()).isEmpty();
        assertThat(watcher.poll()).isEmpty();
    }

    @Test
    void changes_areReportedOnceAfterAQuietPoll() throws IOException {
        save(edited, 1);
        assertThat(watcher.poll()).as("changes may continue").isEmpty();
        save(edited, 2);
        Files.delete(deleted);
        assertThat(watcher.poll()).as("changes continued").isEmpty();

        assertThat(watcher.poll()).containsExactly(deleted, edited);
        assertThat(watcher.poll()).isEmpty();
    }

    @Test
    void newFileInNewFolder_isReported() throws IOException {
        Path script = Files.createDirectories(folder.resolve("library/src/main/resources"))
                .resolve("new.lua");
        Files.writeString(script, "return 1");

        assertThat(watcher.poll()).isEmpty();
        assertThat(watcher.poll()).containsExactly(script);
    }

    @Test
    void temporaryFilesOfEditors_areIgnored() throws IOException {
        Files.writeString(edited.resolveSibling(".Edited.java.swp"), "");
        Files.writeString(edited.resolveSibling("Edited.java~"), "");

        assertThat(watcher.poll()).isEmpty();
        assertThat(watcher.poll()).isEmpty();
    }

    /** Sets the time too, because two saves may be in the same tick of the file system's clock. */
    private static void save(Path file, int time) throws IOException {
        Files.setLastModifiedTime(file, FileTime.fromMillis(time));
    }
}
