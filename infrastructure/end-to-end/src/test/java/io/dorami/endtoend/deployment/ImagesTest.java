package io.dorami.endtoend.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import io.dorami.endtoend.system.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Rules for the Dockerfiles and compose.yaml, which are checked without a container engine. */
class ImagesTest {

    private static final Path DOCKER = Repository.ROOT.resolve("infrastructure/docker");
    private static final Path MONITORING = Repository.ROOT.resolve("infrastructure/monitoring");
    private static final Pattern VARIABLE = Pattern.compile("(?<!\\$)\\$\\{(\\w+)");

    private final JsonNode services = yaml(DOCKER.resolve("compose.yaml")).path("services");

    @Test
    void containersDoNotRunAsRoot() {
        // Redis and PostgreSQL start as root, and change to their own user by themselves.
        assertThat(servicesWithout(service -> service.path("user").asText().matches("[1-9]\\d*:\\d+")
                        || texts(service.path("cap_add")).containsAll(Set.of("SETUID", "SETGID"))))
                .isEmpty();
    }

    @Test
    void containersAreConfined() {
        assertThat(servicesWithout(service -> service.path("read_only").asBoolean()
                        && texts(service.path("cap_drop")).equals(Set.of("ALL"))
                        && texts(service.path("security_opt")).contains("no-new-privileges:true")
                        && service.has("mem_limit")))
                .isEmpty();
    }

    @Test
    void containersHaveHealthChecks() {
        // The other tests check the Dockerfiles of those that are built.
        assertThat(servicesWithout(service ->
                        service.has("build") || service.path("healthcheck").has("test")))
                .isEmpty();
    }

    @Test
    void everyImageNameIsReplaceable() {
        assertThat(servicesWithout(
                        service -> service.path("image").asText().matches("\\$\\{DORAMI_\\w+_IMAGE:-[\\w./:-]+}")))
                .isEmpty();
    }

    @Test
    void publishedPortsAreLocalByDefault() {
        assertThat(services.properties().stream()
                        .flatMap(service -> texts(service.getValue().path("ports")).stream()))
                .isNotEmpty()
                .allMatch(port -> port.startsWith("${DORAMI_BIND:-127.0.0.1}:") || port.startsWith("127.0.0.1:"));
    }

    @Test
    void variablesOfComposeAreDocumented() {
        String readme = read(DOCKER.resolve("README.md"));
        Set<String> variables = Stream.of("compose.yaml", "compose.tls.yaml")
                .flatMap(file -> VARIABLE.matcher(read(DOCKER.resolve(file))).results())
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(variables).contains("DORAMI_JWT_SECRET").allMatch(name -> readme.contains("`" + name + "`"));
    }

    @Test
    void prometheusScrapesEveryService() {
        JsonNode targets =
                yaml(MONITORING.resolve("prometheus/prometheus.yml")).at("/scrape_configs/0/dns_sd_configs/0");
        Set<String> built = services.properties().stream()
                .filter(service -> service.getValue().has("build"))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        assertThat(texts(targets.path("names"))).hasSize(5).isEqualTo(built);
    }

    @Test
    void grafanaReadsFromPrometheus() {
        Path file = MONITORING.resolve("grafana/provisioning/datasources/prometheus.yaml");
        assertThat(yaml(file).at("/datasources/0/url").asText()).isEqualTo("http://prometheus:9090");
        assertThat(services.has("prometheus")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Dockerfile.native", "Dockerfile.jvm"})
    void imageRunsConfinedOnReplaceableBase(String file) {
        assertThat(instructions(file))
                .anyMatch(line -> line.matches("ARG DORAMI_\\w+_IMAGE=[\\w./-]+:\\d[\\w.-]*"))
                .anyMatch(line -> line.matches("FROM \\$\\{DORAMI_\\w+_IMAGE}"))
                .contains("USER 10001:10001")
                .anyMatch(
                        line -> line.startsWith("HEALTHCHECK ") && line.endsWith("CMD [\"bash\", \"healthcheck.sh\"]"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Dockerfile.native", "Dockerfile.jvm"})
    void imageHasLabelsAndListOfLibraries(String file) {
        List<String> labels = instructions(file).stream()
                .filter(line -> line.startsWith("LABEL "))
                .flatMap(line -> Pattern.compile("org\\.opencontainers\\.image\\.(\\w+)=")
                        .matcher(line)
                        .results())
                .map((MatchResult match) -> match.group(1))
                .toList();
        assertThat(labels)
                .containsExactlyInAnyOrder("title", "description", "version", "revision", "source", "licenses");
        assertThat(instructions(file)).anyMatch(line -> line.startsWith("COPY ${SERVICE}/target/sbom.cdx.json "));
        String version = read(Repository.ROOT.resolve("pom.xml")).split("<version>|</version>", 3)[1];
        assertThat(instructions(file)).contains("ARG DORAMI_VERSION=" + version);
    }

    /** An engine would fail with "file not found" although the file exists. */
    @ParameterizedTest
    @ValueSource(strings = {"Dockerfile.native", "Dockerfile.jvm"})
    void copiedFilesAreNotIgnored(String file) {
        List<String> included = read(Repository.ROOT.resolve(".dockerignore"))
                .lines()
                .filter(line -> line.startsWith("!"))
                .map(line -> line.substring(1))
                .toList();
        for (Map.Entry<String, JsonNode> service : services.properties()) {
            if (service.getValue().has("build")) {
                assertThat(instructions(file).stream()
                                .filter(line -> line.startsWith("COPY "))
                                .map(line -> line.split(" ")[1].replace("${SERVICE}", service.getKey())))
                        .isNotEmpty()
                        .allMatch(source -> included.stream()
                                .anyMatch(pattern -> source.equals(pattern)
                                        || source.startsWith(pattern + "/")
                                        || FileSystems.getDefault()
                                                .getPathMatcher("glob:" + pattern)
                                                .matches(Path.of(source.replace("*", "any")))));
            }
        }
    }

    private Stream<String> servicesWithout(Predicate<JsonNode> rule) {
        assertThat(services.size()).isGreaterThan(5);
        return services.properties().stream()
                .filter(service -> !rule.test(service.getValue()))
                .map(Map.Entry::getKey);
    }

    /** Instructions of a Dockerfile, each on one line, without comments. */
    private static List<String> instructions(String file) {
        return read(DOCKER.resolve(file))
                .replaceAll("(?m)^#.*\\R", "")
                .replaceAll("\\\\\\R\\s*", "")
                .lines()
                .toList();
    }

    private static Set<String> texts(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(JsonNode::asText)
                .collect(Collectors.toSet());
    }

    private static JsonNode yaml(Path file) {
        return Json.MAPPER.valueToTree(new Yaml(new SafeConstructor(new LoaderOptions())).load(read(file)));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
