package io.dorami.service.rest;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The response of every successful REST call; data is null where a call finds nothing and documents that. */
public record SuccessResponse<T>(@Nullable T data, boolean success, Instant timestamp) {

    public static <T> SuccessResponse<T> of(@Nullable T data) {
        return new SuccessResponse<>(data, true, Instant.now());
    }
}
