package io.dorami.service.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.service.runtime.TransientFailures;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.Path;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Every exception becomes the contract's failure, with the fitting status and without a stack trace. */
class ExceptionMappers {

    /** PostgreSQL's code for a character that its texts cannot hold. */
    private static final String NO_TEXT = "(22021)";

    private static final Logger LOG = Logger.getLogger(ExceptionMappers.class);

    @ServerExceptionMapper
    Response refused(DoramiException e) {
        return failure(e.code(), String.valueOf(e.getMessage()));
    }

    @ServerExceptionMapper
    Response invalid(ConstraintViolationException e) {
        return failure(
                ErrorCode.VALIDATION_ERROR,
                e.getConstraintViolations().stream()
                        .map(violation -> field(violation) + " " + violation.getMessage())
                        .sorted(Comparator.naturalOrder())
                        .collect(Collectors.joining("; ")));
    }

    @ServerExceptionMapper({JsonProcessingException.class, MismatchedInputException.class
    }) // Quarkus maps the latter itself
    Response unreadable(JsonProcessingException e) {
        if (e.getCause() instanceof DoramiException refused) {
            return refused(refused);
        }
        String where =
                e instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()
                        ? String.valueOf(mapping.getPath().getLast().getFieldName())
                        : "body";
        return failure(ErrorCode.VALIDATION_ERROR, where + " is not what is expected there");
    }

    @ServerExceptionMapper
    Response unauthorized(UnauthorizedException e) {
        return failure(ErrorCode.UNAUTHORIZED, "no token provided");
    }

    @ServerExceptionMapper
    Response unauthenticated(AuthenticationFailedException e) {
        boolean said = e.getCause() instanceof DoramiException;
        return failure(ErrorCode.UNAUTHORIZED, said ? String.valueOf(e.getMessage()) : "invalid token");
    }

    @ServerExceptionMapper
    Response forbidden(ForbiddenException e) {
        return failure(ErrorCode.FORBIDDEN, "This user may not do that");
    }

    @ServerExceptionMapper
    Response http(WebApplicationException e) {
        if (e.getCause() instanceof JsonProcessingException unreadable) {
            return unreadable(unreadable);
        }
        if (e.getCause() instanceof DoramiException refused) {
            return refused(refused);
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
        if (TransientFailures.is(e)) {
            LOG.debugf("A request failed: %s", e); // readiness and the background work tell of the outage, once
            return failure(ErrorCode.BUSY, "Not now; try again in a second");
        }
        if (String.valueOf(e.getMessage()).endsWith(NO_TEXT)) {
            return failure(ErrorCode.VALIDATION_ERROR, "A text must not contain the character U+0000");
        }
        LOG.error("A request failed", e);
        return failure(ErrorCode.INTERNAL_ERROR, "The request failed; it may be tried again");
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

    private static String field(ConstraintViolation<?> violation) {
        String name = "";
        for (Path.Node node : violation.getPropertyPath()) {
            name = String.valueOf(node.getName());
        }
        return name;
    }

    private static Response failure(ErrorCode code, String message) {
        return Response.status(code.status())
                .type(MediaType.APPLICATION_JSON)
                .entity(ErrorResponse.of(code, message))
                .build();
    }
}
