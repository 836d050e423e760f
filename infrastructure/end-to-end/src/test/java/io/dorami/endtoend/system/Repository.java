package io.dorami.endtoend.system;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Location of the repository. */
public final class Repository {

    /** Root folder; the tests may start in any folder below it. */
    public static final Path ROOT = Stream.iterate(
                    Path.of("").toAbsolutePath(), folder -> folder != null, Path::getParent)
            .filter(folder -> Files.exists(folder.resolve("k8s/base/kustomization.yaml")))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("Run the tests in a folder of the repository"));

    private Repository() {}
}
