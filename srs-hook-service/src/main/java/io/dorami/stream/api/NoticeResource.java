package io.dorami.stream.api;

import io.dorami.contracts.events.Notice;
import io.dorami.service.rest.SuccessResponse;
import io.dorami.stream.state.StreamStore;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The notice that the platform shows on every page. */
@Path("/api/notices")
@Tag(name = "Notices")
public class NoticeResource {

    private final StreamStore store;

    NoticeResource(StreamStore store) {
        this.store = store;
    }

    @PUT
    @RolesAllowed("ADMIN")
    @Operation(summary = "Replace the notice and publish it to every page")
    public Uni<SuccessResponse<Notice>> update(@NotNull Notice notice) {
        return store.saveNotice(notice).replaceWith(() -> SuccessResponse.of(notice));
    }

    @GET
    @Path("/current")
    @Operation(summary = "Get the notice; its text is empty if there is none")
    public Uni<SuccessResponse<Notice>> current() {
        return store.findNotice().map(SuccessResponse::of);
    }
}
