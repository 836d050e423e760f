package io.dorami.product.payment;

import io.dorami.contracts.Json;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.product.ProductConfig;
import io.dorami.product.ProductMetrics;
import io.dorami.product.order.Order;
import io.dorami.product.order.OrderStore;
import io.dorami.service.rest.SuccessResponse;
import io.dorami.signing.PaymentSignature;
import io.smallrye.mutiny.Uni;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.Validator;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Where the payment provider says what became of a payment. */
@Path("/api/payments")
@Tag(name = "Payments")
public class PaymentResource {

    /** What became of an order. */
    public record Receipt(String orderId, Order.State state) {}

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final OrderStore orders;
    private final Validator validator;
    private final ProductMetrics metrics;
    private final Optional<PaymentSignature> signature;

    PaymentResource(OrderStore orders, ProductConfig config, Validator validator, ProductMetrics metrics) {
        this.orders = orders;
        this.validator = validator;
        this.metrics = metrics;
        this.signature =
                config.paymentSecret().filter(secret -> !secret.isBlank()).map(PaymentSignature::new);
    }

    @POST
    @Path("/callback")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "A payment's outcome, from the provider alone",
            description =
                    "Signed: t=<seconds>,v1=<hex HMAC-SHA256 of seconds.body>. A repeat changes nothing. 409 means"
                            + " that the money must go back.")
    public Uni<SuccessResponse<Receipt>> callback(
            @HeaderParam(PaymentSignature.HEADER) @Nullable String header, byte[] body) {
        signature
                .orElseThrow(() -> new DoramiException(ErrorCode.NOT_FOUND, "No payment provider is configured here"))
                .check(header, body, clock.instant());
        PaymentCallback said = read(body);
        return switch (said.status()) {
            case PAID ->
                orders.pay(said.orderId(), said.paymentId(), said.amount(), clock.instant())
                        .invoke(order -> metrics.ordered("paid"))
                        .map(order -> SuccessResponse.of(new Receipt(order.id(), order.state())));
            case FAILED ->
                orders.state(said.orderId()).map(state -> SuccessResponse.of(new Receipt(said.orderId(), state)));
        };
    }

    private PaymentCallback read(byte[] body) {
        PaymentCallback said;
        try {
            said = Json.read(new String(body, StandardCharsets.UTF_8), PaymentCallback.class);
        } catch (IllegalArgumentException e) {
            throw new DoramiException(ErrorCode.VALIDATION_ERROR, "body is not what is expected there");
        }
        var wrong = validator.validate(said);
        if (!wrong.isEmpty()) {
            throw new ConstraintViolationException(wrong);
        }
        return said;
    }
}
