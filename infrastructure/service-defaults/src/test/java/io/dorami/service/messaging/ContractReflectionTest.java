package io.dorami.service.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.dorami.contracts.commands.ClientRequest;
import io.dorami.contracts.commands.InboxMessage;
import io.dorami.contracts.events.DirectEvent;
import io.dorami.contracts.events.RoomEvent;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ContractReflectionTest {

    @Test
    void everyWireRecordIsRegisteredForNativeImages() {
        List<Class<?>> registered = List.of(ContractReflection.class
                .getAnnotation(RegisterForReflection.class)
                .targets());
        assertThat(Stream.of(InboxMessage.class, ClientRequest.class, RoomEvent.class, DirectEvent.class)
                        .flatMap(ContractReflectionTest::withSubtypes))
                .hasSizeGreaterThan(30)
                .allSatisfy(type -> assertThat(registered).contains(type));
    }

    private static Stream<Class<?>> withSubtypes(Class<?> type) {
        return type.isSealed()
                ? Stream.concat(
                        Stream.of(type),
                        Arrays.stream(type.getPermittedSubclasses()).flatMap(ContractReflectionTest::withSubtypes))
                : Stream.of(type);
    }
}
