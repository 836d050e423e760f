package io.dorami.endtoend.deployment;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.LocationProvider;
import com.tngtech.archunit.lang.ArchRule;
import io.dorami.contracts.events.RoomEvent;
import io.dorami.contracts.keys.RoomType;
import io.dorami.endtoend.system.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Allowed dependencies: services use service-defaults, which uses contracts. */
@AnalyzeClasses(locations = ArchitectureTest.MainClasses.class)
class ArchitectureTest {

    /** Main classes of all modules; the class path of the tests has the contracts only. */
    static final class MainClasses implements LocationProvider {
        @Override
        public Set<Location> get(Class<?> testClass) {
            return modules()
                    .map(module -> Location.of(module.resolve("target/classes")))
                    .collect(Collectors.toSet());
        }
    }

    private static Stream<Path> modules() {
        return Stream.of(
                        "gateway",
                        "chat-service",
                        "viewer-service",
                        "product-service",
                        "srs-hook-service",
                        "infrastructure/service-defaults",
                        "infrastructure/presence",
                        "infrastructure/signing",
                        "infrastructure/contracts",
                        "infrastructure/local",
                        "infrastructure/loadtest")
                .map(Repository.ROOT::resolve);
    }

    /** A package with more classes has more than one subject. No package has a reason for an exception yet. */
    private static final int MAX_CLASSES_PER_PACKAGE = 15;

    @ArchTest
    static final ArchRule packagesAreFreeOfCycles =
            slices().matching("io.dorami.(**)").should().beFreeOfCycles();

    @ArchTest
    static void packagesAreSmall(JavaClasses classes) {
        Map<String, List<JavaClass>> packages = classes.stream()
                .filter(type -> !type.isNestedClass() && !type.getSimpleName().equals("package-info"))
                .collect(Collectors.groupingBy(JavaClass::getPackageName));
        assertThat(packages)
                .allSatisfy(
                        (name, types) -> assertThat(types).as(name).hasSizeLessThanOrEqualTo(MAX_CLASSES_PER_PACKAGE));
    }

    @ArchTest
    static final ArchRule servicesDoNotDependOnEachOther = slices().matching("io.dorami.(*)..")
            .should()
            .notDependOnEachOther()
            .ignoreDependency(resideInAnyPackage("io.dorami.loadtest.."), resideInAnyPackage("io.dorami.local.."))
            .ignoreDependency(
                    alwaysTrue(),
                    resideInAnyPackage(
                            "io.dorami.service..",
                            "io.dorami.presence..",
                            "io.dorami.signing..",
                            "io.dorami.contracts.."));

    @ArchTest
    static final ArchRule contractsArePlainJava = noClasses()
            .that()
            .resideInAPackage("io.dorami.contracts..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.dorami.service..", "io.quarkus..", "io.vertx..", "io.smallrye..", "jakarta..");

    @ArchTest
    static final ArchRule socketIoEngineIsIndependentOfDorami = classes()
            .that()
            .resideInAnyPackage("io.dorami.gateway.socketio.engine..", "io.dorami.gateway.socketio.protocol..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "io.dorami.gateway.socketio.engine..",
                    "io.dorami.gateway.socketio.protocol..",
                    "io.dorami.gateway.transport..",
                    "io.vertx.core..",
                    "io.netty..",
                    "com.fasterxml.jackson..",
                    "org.jboss.logging..",
                    "org.jspecify..",
                    "java..");

    @ArchTest
    static final ArchRule engineIsIndependentOfSocketIo = noClasses()
            .that()
            .resideInAPackage("io.dorami.gateway.socketio.engine..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.dorami.gateway.socketio.protocol..");

    /** The hub moves frames: a new kind of room or event needs no change there. */
    @ArchTest
    static void hubNamesNoKindOfRoomOrEvent(JavaClasses classes) {
        Stream<String> names = Stream.concat(
                Arrays.stream(RoomType.values()).map(type -> "RoomType." + type),
                Arrays.stream(RoomEvent.class.getPermittedSubclasses()).map(Class::getSimpleName));
        List<String> kinds = names.toList();
        assertThat(classes.that(resideInAPackage("io.dorami.gateway.hub..")))
                .isNotEmpty()
                .allSatisfy(type -> {
                    Stream<String> constants = type.getFieldAccessesFromSelf().stream()
                            .filter(access -> access.getTargetOwner().isEquivalentTo(RoomType.class))
                            .map(access -> "RoomType." + access.getTarget().getName());
                    Stream<String> events = type.getDirectDependenciesFromSelf().stream()
                            .filter(dependency -> dependency.getTargetClass().isAssignableTo(RoomEvent.class))
                            .map(dependency -> dependency.getTargetClass().getSimpleName());
                    assertThat(Stream.concat(constants, events)).doesNotContainAnyElementsOf(kinds);
                });
    }

    @ArchTest
    static final ArchRule dependenciesAreConstructorParameters =
            noFields().should().beAnnotatedWith("jakarta.inject.Inject");

    @Test
    void redisKeyNamesAppearInRedisKeysOnly() throws IOException {
        // No space follows, so that error messages such as "room: required" do not match.
        Pattern name = Pattern.compile(
                "\"(room|log|back|once|inbox|dead|lease|replicas|gateway|viewers|chat-[a-z]+|blacklist|suspended):(?! )");
        for (Path module : modules().toList()) {
            try (Stream<Path> sources = Files.walk(module.resolve("src/main/java"))) {
                assertThat(sources.filter(file -> file.toString().endsWith(".java")))
                        .filteredOn(file -> !file.endsWith("RedisKeys.java"))
                        .allSatisfy(file -> assertThat(Files.readString(file)).doesNotContainPattern(name));
            }
        }
    }
}
