package io.dorami.service;

import io.dorami.contracts.ErrorCode;
import java.time.Instant;

/** What every REST call answers when it did not; the HTTP status is the code's. */
public record Failure(boolean success, ErrorCode errorCode, String message, Instant timestamp) {

    public static Failure of(ErrorCode code, String message) {
        return new Failure(false, code, message, Instant.now());
    }
}
