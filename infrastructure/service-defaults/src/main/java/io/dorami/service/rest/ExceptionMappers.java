package io.dorami.service.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import io.dorami.contracts.Json;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.service.runtime.TransientFailures;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import io.vertx.sqlclient.DatabaseException;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.ElementKind;
import jakarta.validation.Path;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.jspecify.annotations.Nullable;

/** Maps every exception to an {@link ErrorResponse} with the matching status and without a stack trace. */
class ExceptionMappers {

    /** SQLSTATE of a character that PostgreSQL's texts cannot contain. */
    private static final String INVALID_CHARACTER = "22021";

    /** Characters of a wrong value in an error message. */
    private static final int MAX_QUOTED = 40;

    private static final Logger LOG = Logger.getLogger(ExceptionMappers.class);

    @ServerExceptionMapper
    Response rejected(DoramiException e) {
        return failure(e.code(), String.valueOf(e.getMessage()));
    }

    @ServerExceptionMapper
    Response invalid(ConstraintViolationException e) {
        return failure(
                ErrorCode.VALIDATION_ERROR,
                e.getConstraintViolations().stream()
                        .map(ExceptionMappers::message)
                        .sorted(Comparator.naturalOrder())
                        .collect(Collectors.joining("; ")));
    }

    // Quarkus has a mapper of its own for MismatchedInputException.
    @ServerExceptionMapper({JsonProcessingException.class, MismatchedInputException.class})
    Response unreadable(JsonProcessingException e) {
        if (e.getCause() instanceof DoramiException rejection) {
            return rejected(rejection);
        }
        if (!(e instanceof JsonMappingException mapping) || mapping.getPath().isEmpty()) {
            return failure(ErrorCode.VALIDATION_ERROR, "Request body: expected a JSON object");
        }
        return failure(ErrorCode.VALIDATION_ERROR, path(mapping) + ": expected " + expectation(mapping));
    }

    @ServerExceptionMapper
    Response unauthorized(UnauthorizedException e) {
        return failure(ErrorCode.UNAUTHORIZED, "no token provided");
    }

    @ServerExceptionMapper
    Response unauthenticated(AuthenticationFailedException e) {
        boolean hasReason = e.getCause() instanceof DoramiException;
        return failure(ErrorCode.UNAUTHORIZED, hasReason ? String.valueOf(e.getMessage()) : "invalid token");
    }

    @ServerExceptionMapper
    Response forbidden(ForbiddenException e) {
        return failure(ErrorCode.FORBIDDEN, "Not permitted for this user");
    }

    @ServerExceptionMapper
    Response http(WebApplicationException e) {
        if (e.getCause() instanceof JsonProcessingException json) {
            return unreadable(json);
        }
        if (e.getCause() instanceof DoramiException rejection) {
            return rejected(rejection);
        }
        int status = e.getResponse().getStatus();
        ErrorCode code = Arrays.stream(ErrorCode.values())
                .filter(candidate -> candidate.status() == status && isGeneral(candidate))
                .findFirst()
                .orElse(status < 500 ? ErrorCode.VALIDATION_ERROR : ErrorCode.INTERNAL_ERROR);
        return failure(code, e.getResponse().getStatusInfo().getReasonPhrase());
    }

    @ServerExceptionMapper
    Response unexpected(Throwable e) {
        if (TransientFailures.isTransient(e)) {
            LOG.debugf("Request failed: %s", e); // readiness and the periodic tasks report the outage once
            return failure(ErrorCode.BUSY, "Service temporarily unavailable; retry in 1 s");
        }
        if (e instanceof DatabaseException failure && INVALID_CHARACTER.equals(failure.getSqlState())) {
            return failure(ErrorCode.VALIDATION_ERROR, "Text fields: the character U+0000 is not allowed");
        }
        LOG.error("Request failed", e);
        return failure(ErrorCode.INTERNAL_ERROR, "Internal error; retry the request");
    }

    private static boolean isGeneral(ErrorCode code) {
        return switch (code) {
            case VALIDATION_ERROR,
                    UNAUTHORIZED,
                    FORBIDDEN,
                    NOT_FOUND,
                    METHOD_NOT_ALLOWED,
                    CONFLICT,
                    PAYLOAD_TOO_LARGE,
                    UNSUPPORTED_MEDIA_TYPE,
                    RATE_LIMIT_EXCEEDED,
                    BUSY -> true;
            default -> false;
        };
    }

    private static String message(ConstraintViolation<?> violation) {
        String parameter = "";
        StringBuilder properties = new StringBuilder();
        for (Path.Node node : violation.getPropertyPath()) {
            if (node.getKind() == ElementKind.PARAMETER) {
                parameter = String.valueOf(node.getName());
            } else if (node.getKind() == ElementKind.PROPERTY) {
                properties.append('.').append(node.getName());
            }
        }
        if (!properties.isEmpty()) {
            return "body" + properties + ": " + violation.getMessage();
        }
        return violation.getConstraintDescriptor().getAnnotation() instanceof NotNull
                ? "Request body is required" // other parameters are never null if they are constrained
                : parameter + ": " + violation.getMessage();
    }

    private static String path(JsonMappingException e) {
        StringBuilder path = new StringBuilder("body");
        for (JsonMappingException.Reference reference : e.getPath()) {
            if (reference.getFieldName() == null) {
                path.append('[').append(reference.getIndex()).append(']');
            } else {
                path.append('.').append(reference.getFieldName());
            }
        }
        return path.toString();
    }

    private static String expectation(JsonMappingException e) {
        @Nullable Class<?> type = e instanceof MismatchedInputException mismatch ? mismatch.getTargetType() : null;
        if (type == null) {
            return "a valid value";
        }
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .map(constant -> Json.MAPPER.convertValue(constant, String.class))
                    .collect(Collectors.joining(", ", "one of ", received(e)));
        }
        if (Collection.class.isAssignableFrom(type)) {
            return "an array";
        }
        return switch (type.getSimpleName()) {
            case "int", "Integer", "long", "Long" -> "an integer";
            case "BigDecimal" -> "a number";
            case "boolean", "Boolean" -> "true or false";
            case "String" -> "a string";
            case "UUID" -> "a UUID";
            case "Instant" -> "an ISO-8601 time";
            default -> "a valid value";
        };
    }

    private static String received(JsonMappingException e) {
        return e instanceof InvalidFormatException invalid && invalid.getValue() instanceof String value
                ? ", got \"" + value.substring(0, Math.min(value.length(), MAX_QUOTED)) + '"'
                : "";
    }

    private static Response failure(ErrorCode code, String message) {
        return Response.status(code.status())
                .type(MediaType.APPLICATION_JSON)
                .entity(ErrorResponse.of(code, message))
                .build();
    }
}
