package io.dorami.local.cli;

import io.dorami.local.system.DataFolder;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option {@code --data} of every command. */
public final class DataOption {

    // The script sets dorami.home to its own folder, so that the default is independent of the working directory.
    @Option(
            names = "--data",
            paramLabel = "FOLDER",
            defaultValue = "${sys:dorami.home:-.}/.dorami",
            description = "Data folder (default: .dorami in the repository).")
    private Path path = Path.of(".dorami");

    public DataFolder folder() {
        return new DataFolder(path.toAbsolutePath().normalize());
    }
}
