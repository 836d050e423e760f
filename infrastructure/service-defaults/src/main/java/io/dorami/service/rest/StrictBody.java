package io.dorami.service.rest;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.jspecify.annotations.Nullable;

/** A request body whose unknown fields are rejected by name, because an ignored field would seem to act. */
@RegisterForReflection
public interface StrictBody {

    /** Rejects a field that the body does not have. Jackson calls this method. */
    @JsonAnySetter
    default void rejectUnknownField(String name, @Nullable Object value) {
        throw new DoramiException(ErrorCode.VALIDATION_ERROR, "body." + name + ": unknown field");
    }
}
