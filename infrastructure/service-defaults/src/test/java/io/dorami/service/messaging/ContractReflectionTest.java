package io.dorami.service.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonValue;
import io.dorami.contracts.commands.ClientRequest;
import io.dorami.contracts.commands.InboxMessage;
import io.dorami.contracts.commands.Reply;
import io.dorami.contracts.events.DirectEvent;
import io.dorami.contracts.events.RoomEvent;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ContractReflectionTest {

    private static final RegisterForReflection REGISTRATION =
            ContractReflection.class.getAnnotation(RegisterForReflection.class);

    /** Quarkus registers the nested types of a target too. */
    @Test
    void everyWireTypeIsRegisteredForNativeImages() {
        assertThat(REGISTRATION.ignoreNested()).isFalse();
        Set<Class<?>> registered = Stream.of(REGISTRATION.targets())
                .flatMap(ContractReflectionTest::withNested)
                .collect(Collectors.toSet());
        Set<Class<?>> required = new HashSet<>();
        Stream.of(InboxMessage.class, ClientRequest.class, RoomEvent.class, DirectEvent.class, Reply.Head.class)
                .forEach(type -> addWireTypes(type, required));
        assertThat(required).hasSizeGreaterThan(60);
        assertThat(registered).containsAll(required);
    }

    private static Stream<Class<?>> withNested(Class<?> type) {
        return Stream.concat(
                Stream.of(type), Arrays.stream(type.getDeclaredClasses()).flatMap(ContractReflectionTest::withNested));
    }

    /** Adds the type, its permitted subtypes, and the types of their content. Enums need no reflection. */
    private static void addWireTypes(Class<?> type, Set<Class<?>> found) {
        if (!type.getPackageName().startsWith("io.dorami.") || type.isEnum() || !found.add(type)) {
            return;
        }
        if (type.isSealed()) {
            Arrays.stream(type.getPermittedSubclasses()).forEach(subtype -> addWireTypes(subtype, found));
        }
        if (type.isRecord()) {
            content(type).flatMap(ContractReflectionTest::classes).forEach(nested -> addWireTypes(nested, found));
        }
    }

    /** The types of the record's components, or of the value that represents the record. */
    private static Stream<Type> content(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(JsonValue.class))
                .findFirst()
                .map(method -> Stream.of(method.getGenericReturnType()))
                .orElseGet(() -> Arrays.stream(type.getRecordComponents()).map(RecordComponent::getGenericType));
    }

    private static Stream<Class<?>> classes(Type type) {
        return switch (type) {
            case Class<?> simple -> Stream.of(simple);
            case ParameterizedType generic ->
                Arrays.stream(generic.getActualTypeArguments()).flatMap(ContractReflectionTest::classes);
            default -> Stream.of();
        };
    }
}
