package io.dorami.service.rest;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dorami.contracts.Json;
import io.quarkus.jackson.ObjectMapperCustomizer;
import jakarta.inject.Singleton;

/** Makes the REST API as strict as the messages between services. */
@Singleton
class StrictJson implements ObjectMapperCustomizer {

    /** After Quarkus' own modules, because the reader of times that is registered last counts. */
    @Override
    public int priority() {
        return MINIMUM_PRIORITY;
    }

    @Override
    public void customize(ObjectMapper mapper) {
        Json.strict(mapper);
    }
}
