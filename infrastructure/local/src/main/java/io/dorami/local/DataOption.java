package io.dorami.local;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option {@code --data}, which every command has. */
public final class DataOption {

    // The script sets dorami.home to its own folder, so that the working directory does not matter.
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
