package io.dorami.service;

import java.time.Instant;

/** What every REST call answers when it went well. */
public record Success<T>(T data, boolean success, Instant timestamp) {

    public static <T> Success<T> of(T data) {
        return new Success<>(data, true, Instant.now());
    }
}
