package io.dorami.service.rest;

import io.dorami.contracts.errors.ErrorCode;
import java.time.Instant;

/** What every REST call answers when it did not; the HTTP status is the code's. */
public record ErrorResponse(boolean success, ErrorCode errorCode, String message, Instant timestamp) {

    public static ErrorResponse of(ErrorCode code, String message) {
        return new ErrorResponse(false, code, message, Instant.now());
    }
}
