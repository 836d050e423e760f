package io.dorami.stream.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.service.rest.SuccessResponse;
import io.dorami.service.security.CurrentUser;
import io.dorami.stream.srs.Encoder;
import io.dorami.stream.srs.EncoderMonitor;
import io.dorami.stream.srs.EncoderMonitor.EncoderStatus;
import io.dorami.stream.srs.SrsApi;
import io.dorami.stream.state.Stream;
import io.dorami.stream.state.StreamStore;
import io.quarkus.security.Authenticated;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The media that SRS receives from a stream's encoder. */
@Path("/api/streaming/{id}/encoder")
@Tag(name = "Encoder")
@Authenticated
public class EncoderResource {

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final StreamStore store;
    private final SrsApi srs;
    private final EncoderMonitor monitor;
    private final CurrentUser currentUser;

    EncoderResource(StreamStore store, SrsApi srs, EncoderMonitor monitor, CurrentUser currentUser) {
        this.store = store;
        this.srs = srs;
        this.monitor = monitor;
        this.currentUser = currentUser;
    }

    /** The state of SRS's API. */
    public enum SrsState {
        UP,
        UNREACHABLE,
        NOT_CONFIGURED
    }

    /**
     * The encoder of a stream.
     *
     * @param connected whether SRS has an encoder of this stream; if SRS is not UP, whether its hooks have reported one
     * @param connectedAt this and the fields that follow are absent unless SRS is UP and an encoder is connected
     * @param bitrateKbps average of the last 15 s; absent until SRS has counted the bytes twice
     * @param video absent before the first frame
     * @param audio absent before the first frame
     * @param checkedAt the time of this response; SRS's counts are up to 5 s older
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record EncoderReport(
            SrsState srs,
            boolean connected,
            @Nullable Instant connectedAt,
            EncoderMonitor.@Nullable Protocol protocol,
            @Nullable Long bitrateKbps,
            @Nullable Long bytesReceived,
            Encoder.@Nullable Video video,
            Encoder.@Nullable Audio audio,
            Instant checkedAt) {}

    @GET
    @Operation(
            summary = "Get state of a stream's encoder",
            description =
                    "For the stream's owner, its co-hosts and admins. SRS is asked at most once in 2 s, however many "
                            + "callers there are.")
    public Uni<SuccessResponse<EncoderReport>> find(UUID id) {
        return store.getForSeller(id, currentUser.get())
                .chain(stream -> srs.isConfigured()
                        ? monitor.find(stream.key())
                                .map(this::report)
                                .onFailure(EncoderResource::isUnreachable)
                                .recoverWithItem(() -> reportWithoutSrs(SrsState.UNREACHABLE, stream))
                        : Uni.createFrom().item(reportWithoutSrs(SrsState.NOT_CONFIGURED, stream)))
                .map(SuccessResponse::of);
    }

    private EncoderReport report(Optional<EncoderStatus> found) {
        return found.map(status -> new EncoderReport(
                        SrsState.UP,
                        true,
                        status.connectedAt(),
                        status.protocol(),
                        status.kilobitsPerSecond().isPresent()
                                ? status.kilobitsPerSecond().getAsLong()
                                : null,
                        status.encoder().bytesReceived(),
                        status.encoder().video(),
                        status.encoder().audio(),
                        clock.instant()))
                .orElseGet(() -> empty(SrsState.UP, false));
    }

    private EncoderReport reportWithoutSrs(SrsState state, Stream stream) {
        return empty(state, stream.publisher().isPresent());
    }

    private EncoderReport empty(SrsState state, boolean connected) {
        return new EncoderReport(state, connected, null, null, null, null, null, null, clock.instant());
    }

    private static boolean isUnreachable(Throwable e) {
        return e instanceof DoramiException failure && failure.code() == ErrorCode.BAD_GATEWAY;
    }
}
