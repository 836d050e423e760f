package io.dorami.endtoend;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The repository that the tests run in. */
final class Repository {

    /** Its root, wherever below it the tests were started. */
    static final Path ROOT = Stream.iterate(Path.of("").toAbsolutePath(), folder -> folder != null, Path::getParent)
            .filter(folder -> Files.exists(folder.resolve("k8s/base/kustomization.yaml")))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("not below the repository's root"));

    private Repository() {}
}
