package io.dorami.stream.staff;

import io.dorami.contracts.ShowRole;
import io.dorami.contracts.Staff;
import io.dorami.contracts.User;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.rest.DisplayText;
import io.dorami.service.rest.IntegerParameter;
import io.dorami.service.rest.StrictBody;
import io.dorami.service.rest.SuccessResponse;
import io.dorami.service.security.CurrentUser;
import io.dorami.stream.staff.StaffStore.AuditEntry;
import io.quarkus.security.Authenticated;
import io.smallrye.mutiny.Uni;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The staff of a stream: its owner names co-hosts and moderators. A change applies on all gateways within a second. */
@Path("/api/streaming")
@Tag(name = "Staff")
@Authenticated
public class StaffResource {

    /** About 20 KB of JSON at 200 bytes for an entry. */
    private static final int MAX_PAGE_SIZE = 100;

    private static final String USER_ID_PATTERN = "[\\x21-\\x7e]{1,64}";

    private final StaffStore store;
    private final CurrentUser currentUser;

    StaffResource(StaffStore store, CurrentUser currentUser) {
        this.store = store;
        this.currentUser = currentUser;
    }

    /** The role to give. The name is for the owner's list; without one the member keeps its name. */
    public record RoleRequest(
            @NotNull Staff.Role role,
            @Nullable @Size(max = User.MAX_NAME_LENGTH) String name) implements StrictBody {}

    /** The members, in the order in which they were named. */
    public record StaffMembers(List<StaffMember> members) {}

    /** The changes, newest first. */
    public record StaffAudit(List<AuditEntry> entries) {}

    /** The caller's role in a stream. Both fields are null for a viewer, and if the stream is unknown. */
    public record CallerRole(
            @Nullable ShowRole role, @Nullable UUID streamId) {}

    @GET
    @Path("/key/{key}/role")
    @Operation(summary = "Get the caller's role in a stream by its key")
    public Uni<SuccessResponse<CallerRole>> role(StreamKey key) {
        return store.findRole(key, currentUser.get())
                .map(found -> SuccessResponse.of(found.map(role -> new CallerRole(role.role(), role.streamId()))
                        .orElseGet(() -> new CallerRole(null, null))));
    }

    @GET
    @Path("/{id}/staff")
    @Operation(summary = "List co-hosts and moderators")
    public Uni<SuccessResponse<StaffMembers>> list(UUID id) {
        return store.list(id, currentUser.get()).map(members -> SuccessResponse.of(new StaffMembers(members)));
    }

    @PUT
    @Path("/{id}/staff/{userId}")
    @Operation(
            summary = "Name user as co-host or moderator, or change the role",
            description = "COHOST: chat, products, orders and figures of the show. MODERATOR: chat alone. At most 20"
                    + " members, 5 of them co-hosts.")
    public Uni<SuccessResponse<StaffMember>> put(
            UUID id, @Pattern(regexp = USER_ID_PATTERN) String userId, @NotNull @Valid RoleRequest request) {
        String name = request.name() == null ? null : DisplayText.optionalLine(request.name());
        return store.put(id, currentUser.get(), userId, request.role(), name).map(SuccessResponse::of);
    }

    @DELETE
    @Path("/{id}/staff/{userId}")
    @Operation(summary = "Remove member from the staff; members may remove themselves")
    public Uni<SuccessResponse<StaffMember>> remove(UUID id, @Pattern(regexp = USER_ID_PATTERN) String userId) {
        return store.remove(id, currentUser.get(), userId).map(SuccessResponse::of);
    }

    @GET
    @Path("/{id}/staff/audit")
    @Operation(
            summary = "List changes of the staff, newest first",
            description = "The next page is requested with before=id of the last entry.")
    public Uni<SuccessResponse<StaffAudit>> audit(
            UUID id,
            @QueryParam("before") @DefaultValue("9223372036854775807") @Min(1) long before,
            @QueryParam("limit") @DefaultValue("50") IntegerParameter limit) {
        return store.audit(id, currentUser.get(), before, limit.clamp(1, MAX_PAGE_SIZE))
                .map(entries -> SuccessResponse.of(new StaffAudit(entries)));
    }
}
