package io.dorami.service.rest;

import java.time.Instant;

/** What every REST call answers when it went well. */
public record SuccessResponse<T>(T data, boolean success, Instant timestamp) {

    public static <T> SuccessResponse<T> of(T data) {
        return new SuccessResponse<>(data, true, Instant.now());
    }
}
