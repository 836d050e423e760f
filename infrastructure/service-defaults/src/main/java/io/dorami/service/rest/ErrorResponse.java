package io.dorami.service.rest;

import io.dorami.contracts.errors.ErrorCode;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The response of every failed REST call; the HTTP status is the status of the code. */
@Schema
public record ErrorResponse(boolean success, ErrorCode errorCode, String message, Instant timestamp) {

    public static ErrorResponse of(ErrorCode code, String message) {
        return new ErrorResponse(false, code, message, Instant.now());
    }
}
