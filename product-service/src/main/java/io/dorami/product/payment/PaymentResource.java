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
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Receives payment results from the payment provider. */
@Path("/api/payments")
@Tag(name = "Payments")
public class PaymentResource {

    /** Reply to the provider: the order and its state. */
    public record Receipt(String orderId, Order.Status state) {}

    private static final Logger LOG = Logger.getLogger(PaymentResource.class);

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final OrderStore orders;
    private final Validator validator;
    private final ProductMetrics metrics;
    private final Optional<PaymentSignature> signature;

    PaymentResource(OrderStore orders, ProductConfig config, Validator validator, ProductMetrics metrics) {
        this.orders = orders;
        this.validator = validator;
        this.metrics = metrics;
        this.signature = config.paymentSecret()
                .filter(secret -> !secret.isBlank())
                .map(secret -> new PaymentSignature(
                        secret, config.formerPaymentSecret().filter(former -> !former.isBlank())));
    }

    @POST
    @Path("/callback")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Receive payment result",
            description =
                    "Only for the payment provider. Signed: t=<seconds>,v1=<hex HMAC-SHA256 of seconds.body>. A repeat"
                            + " changes nothing. 409 means that the payment must be refunded.")
    public Uni<SuccessResponse<Receipt>> receiveCallback(
            @HeaderParam(PaymentSignature.HEADER) @Nullable String signatureHeader, byte[] body) {
        signature
                .orElseThrow(() -> new DoramiException(ErrorCode.NOT_FOUND, "Payment callbacks are not configured"))
                .verify(signatureHeader, body, clock.instant());
        PaymentCallback callback = read(body);
        return record(callback).map(order -> SuccessResponse.of(new Receipt(order.id(), order.status())));
    }

    private Uni<Order> record(PaymentCallback callback) {
        String orderId = callback.orderId();
        Instant now = clock.instant();
        return switch (callback.status()) {
            case "PAID" ->
                orders.recordPayment(orderId, callback.paymentId(), callback.amount(), now)
                        .invoke(() -> metrics.countOrderCall("paid"));
            case "FAILED", "CANCELLED" -> orders.recordFailure(orderId);
            case "REFUNDED" ->
                orders.recordRefund(orderId, callback.paymentId(), now)
                        .invoke(() -> metrics.countOrderCall("refunded"));
            default -> {
                LOG.warnf("Payment state not known: order=%s state=%s", orderId, callback.status());
                yield orders.find(orderId);
            }
        };
    }

    private PaymentCallback read(byte[] body) {
        PaymentCallback callback;
        try {
            callback = Json.read(new String(body, StandardCharsets.UTF_8), PaymentCallback.class);
        } catch (IllegalArgumentException e) {
            throw new DoramiException(
                    ErrorCode.VALIDATION_ERROR, "body: expected {paymentId, orderId, amount, status}");
        }
        var violations = validator.validate(callback);
        if (!violations.isEmpty()) {
            throw new ConstraintViolationException(violations);
        }
        return callback;
    }
}
