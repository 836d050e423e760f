package io.dorami.service.rest;

import java.time.Instant;

/** The response of every successful REST call. */
public record SuccessResponse<T>(T data, boolean success, Instant timestamp) {

    public static <T> SuccessResponse<T> of(T data) {
        return new SuccessResponse<>(data, true, Instant.now());
    }
}
