package io.dorami.stream.notices;

import io.dorami.service.rest.SuccessResponse;
import io.dorami.stream.notices.NoticeEntry.EntryChange;
import io.dorami.stream.notices.NoticeEntry.NewEntry;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;

/** The admins' side of the list of notices. */
@Path("/api/notices/admin")
@Tag(name = "Notices")
@RolesAllowed("ADMIN")
public class NoticeAdminResource {

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final NoticeEntryStore entries;

    NoticeAdminResource(NoticeEntryStore entries) {
        this.entries = entries;
    }

    @GET
    @Operation(summary = "List all notices, the newest first")
    public Uni<SuccessResponse<List<NoticeEntry>>> list() {
        return entries.findAll().map(SuccessResponse::of);
    }

    @POST
    @ResponseStatus(201)
    @Operation(summary = "Create notice; it is active and GENERAL unless the request states otherwise")
    public Uni<SuccessResponse<NoticeEntry>> create(@NotNull @Valid NewEntry request) {
        return entries.add(request.toEntry(UUID.randomUUID(), clock.instant())).map(SuccessResponse::of);
    }

    @PUT
    @Path("/{id}")
    @Operation(summary = "Change notice; absent fields keep their values")
    public Uni<SuccessResponse<NoticeEntry>> change(UUID id, @NotNull @Valid EntryChange request) {
        return entries.change(id, entry -> request.applyTo(entry, clock.instant()))
                .map(SuccessResponse::of);
    }

    @DELETE
    @Path("/{id}")
    @Operation(summary = "Delete notice")
    public Uni<SuccessResponse<NoticeEntry>> delete(UUID id) {
        return entries.delete(id).map(SuccessResponse::of);
    }
}
