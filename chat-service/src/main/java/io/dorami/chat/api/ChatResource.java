package io.dorami.chat.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.dorami.chat.commands.ModerationService;
import io.dorami.chat.db.ModerationStore;
import io.dorami.chat.db.ModerationStore.AuditEntry;
import io.dorami.chat.db.ModerationStore.Restriction;
import io.dorami.chat.rules.ChatRules;
import io.dorami.chat.rules.FoldedText;
import io.dorami.contracts.User;
import io.dorami.contracts.commands.ChatModeration;
import io.dorami.contracts.commands.ChatPolicy;
import io.dorami.contracts.commands.ChatRoom;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.events.RoomEvent.ChatPosted;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.rest.IntegerParameter;
import io.dorami.service.rest.SuccessResponse;
import io.dorami.service.security.CurrentUser;
import io.quarkus.security.Authenticated;
import io.smallrye.mutiny.Uni;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Moderation over REST, for admins and the stream's host. An action applies on all gateways within a second. */
@Path("/api/chat/{key}")
@Tag(name = "Chat moderation")
@Authenticated
public class ChatResource {

    /** About 20 KB of JSON at 200 bytes for a row. */
    private static final int MAX_PAGE_SIZE = 100;

    /** PostgreSQL reads and drops the skipped rows; 10,000 take it a few milliseconds. */
    private static final int MAX_SKIP = 10_000;

    private static final String USER_ID_PATTERN = "[\\x21-\\x7e]{1,64}";

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final ModerationService moderation;
    private final ModerationStore store;
    private final CurrentUser caller;

    ChatResource(ModerationService moderation, ModerationStore store, CurrentUser caller) {
        this.moderation = moderation;
        this.store = store;
        this.caller = caller;
    }

    /** Reason of an action, for the audit. */
    public record ReasonRequest(@Size(max = 300) @Nullable String reason) {}

    /** Duration of a time-out in seconds: 10 to 86,400 (24 h). */
    public record TimeOutRequest(
            @NotNull @Min(10) @Max(86_400) Integer seconds,
            @Size(max = 300) @Nullable String reason) {}

    /**
     * Message to pin: either one of the room's log, or a notice to the room.
     *
     * @param text 1 to 500 characters after markup is removed. The notice has the caller as its sender, and is neither in
     *     the history nor counted
     */
    public record PinRequest(
            @Size(min = 1, max = 64) @Nullable String messageId,
            @Size(min = 1, max = 4_000) @Nullable String text,
            @Size(max = 300) @Nullable String reason) {}

    /** Rules to change. An absent field leaves its rule unchanged. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record PolicyRequest(
            @Min(0) @Max(ChatPolicy.MAX_SLOW_SECONDS) @Nullable
            Integer slowSeconds,

            @Min(0) @Max(ChatPolicy.MAX_MINUTES_IN_ROOM) @Nullable
            Integer minutesInRoom,

            @Nullable Boolean closed,
            @Nullable Boolean links,

            @Min(0) @Max(ChatPolicy.MAX_REPEAT_SECONDS) @Nullable
            Integer repeatSeconds,

            @Size(max = ChatPolicy.MAX_WORDS) @Nullable List<@NotNull String> words,
            @Size(max = 300) @Nullable String reason) {

        ChatPolicy applyTo(ChatPolicy policy) {
            return new ChatPolicy(
                    slowSeconds == null ? policy.slowSeconds() : slowSeconds,
                    minutesInRoom == null ? policy.minutesInRoom() : minutesInRoom,
                    closed == null ? policy.closed() : closed,
                    links == null ? policy.links() : links,
                    repeatSeconds == null ? policy.repeatSeconds() : repeatSeconds,
                    words == null
                            ? policy.words()
                            : words.stream().map(FoldedText::fold).distinct().toList());
        }
    }

    @GET
    @Operation(summary = "Get the room's rules and pinned message")
    public Uni<SuccessResponse<ChatRoom>> room(StreamKey key) {
        return moderation.requireModeratedRoom(key, caller.get()).map(SuccessResponse::of);
    }

    @PATCH
    @Path("/policy")
    @Operation(
            summary = "Change the room's rules",
            description = "With the key 'all', an admin changes the words banned in all rooms.")
    public Uni<SuccessResponse<AuditEntry>> policy(StreamKey key, @NotNull @Valid PolicyRequest body) {
        return moderate(key, body.reason(), room -> new ChatModeration.ChangePolicy(body.applyTo(room.policy())));
    }

    @DELETE
    @Path("/messages/{messageId}")
    @Operation(summary = "Delete message")
    public Uni<SuccessResponse<AuditEntry>> delete(
            StreamKey key, String messageId, @QueryParam("reason") @Size(max = 300) @Nullable String reason) {
        return moderation
                .delete(key, caller.get(), null, ChatRules.parseMessageId(messageId), reasonText(reason))
                .map(SuccessResponse::of);
    }

    @DELETE
    @Path("/users/{userId}/messages")
    @Operation(summary = "Delete all messages of a user")
    public Uni<SuccessResponse<AuditEntry>> deleteAll(
            StreamKey key,
            @Pattern(regexp = USER_ID_PATTERN) String userId,
            @QueryParam("reason") @Size(max = 300) @Nullable String reason) {
        return moderate(key, reason, new ChatModeration.DeleteAll(userId));
    }

    @PUT
    @Path("/users/{userId}/timeout")
    @Operation(
            summary = "Time out user",
            description = "The user can read but not post until the time-out ends. Replaces a ban.")
    public Uni<SuccessResponse<AuditEntry>> timeOut(
            StreamKey key, @Pattern(regexp = USER_ID_PATTERN) String userId, @NotNull @Valid TimeOutRequest body) {
        Instant until = ChatRules.timeoutEnd(Duration.ofSeconds(body.seconds()), clock.instant());
        return moderate(key, body.reason(), new ChatModeration.TimeOut(userId, until));
    }

    @PUT
    @Path("/users/{userId}/ban")
    @Operation(
            summary = "Ban user",
            description = "Removes the user from the room until unbanned, and deletes all messages of the user.")
    public Uni<SuccessResponse<AuditEntry>> ban(
            StreamKey key, @Pattern(regexp = USER_ID_PATTERN) String userId, @Valid @Nullable ReasonRequest body) {
        return moderate(key, body == null ? null : body.reason(), new ChatModeration.Ban(userId));
    }

    @DELETE
    @Path("/users/{userId}/ban")
    @Operation(summary = "End ban or time-out")
    public Uni<SuccessResponse<AuditEntry>> unban(
            StreamKey key,
            @Pattern(regexp = USER_ID_PATTERN) String userId,
            @QueryParam("reason") @Size(max = 300) @Nullable String reason) {
        return moderate(key, reason, new ChatModeration.Unban(userId));
    }

    @PUT
    @Path("/pinned")
    @Operation(
            summary = "Pin message or notice",
            description =
                    "Replaces the pinned message. A message must still be in the room's log; a notice is a text that "
                            + "the room sees only while it is pinned.")
    public Uni<SuccessResponse<AuditEntry>> pin(StreamKey key, @NotNull @Valid PinRequest body) {
        User moderator = caller.get();
        return findPinned(key, moderator, body)
                .chain(message -> moderate(key, moderator, body.reason(), room -> new ChatModeration.Pin(message)));
    }

    private Uni<ChatPosted> findPinned(StreamKey key, User moderator, PinRequest body) {
        String messageId = body.messageId();
        String text = body.text();
        if (messageId == null && text != null) {
            return Uni.createFrom().item(ChatRules.notice(UUID.randomUUID(), key, moderator, text, clock.instant()));
        }
        if (messageId == null || text != null) {
            throw new DoramiException(ErrorCode.VALIDATION_ERROR, "body: expected either messageId or text");
        }
        return moderation
                .find(key, moderator, ChatRules.parseMessageId(messageId))
                .map(message -> message.orElseThrow(() ->
                        new DoramiException(ErrorCode.NOT_FOUND, "messageId: the room's log has no such message")));
    }

    @DELETE
    @Path("/pinned")
    @Operation(summary = "Unpin message")
    public Uni<SuccessResponse<AuditEntry>> unpin(
            StreamKey key, @QueryParam("reason") @Size(max = 300) @Nullable String reason) {
        return moderate(key, reason, new ChatModeration.Unpin());
    }

    @GET
    @Path("/restrictions")
    @Operation(summary = "List bans and time-outs, newest first")
    public Uni<SuccessResponse<List<Restriction>>> restrictions(
            StreamKey key,
            @QueryParam("take") @DefaultValue("50") IntegerParameter take,
            @QueryParam("skip") @DefaultValue("0") IntegerParameter skip) {
        return moderation
                .requireModeratedRoom(key, caller.get())
                .chain(() -> store.restrictions(key, take.clamp(1, MAX_PAGE_SIZE), skip.clamp(0, MAX_SKIP)))
                .map(SuccessResponse::of);
    }

    @GET
    @Path("/audit")
    @Operation(
            summary = "List moderation actions, newest first",
            description = "The next page is requested with before=version of the last action.")
    public Uni<SuccessResponse<List<AuditEntry>>> audit(
            StreamKey key,
            @QueryParam("before") @DefaultValue("9223372036854775807") @Min(1) long before,
            @QueryParam("userId") @Pattern(regexp = USER_ID_PATTERN) @Nullable String userId,
            @QueryParam("take") @DefaultValue("50") IntegerParameter take) {
        return moderation
                .requireModeratedRoom(key, caller.get())
                .chain(() -> store.audit(key, before, userId, take.clamp(1, MAX_PAGE_SIZE)))
                .map(SuccessResponse::of);
    }

    private Uni<SuccessResponse<AuditEntry>> moderate(StreamKey key, @Nullable String reason, ChatModeration action) {
        return moderate(key, reason, room -> action);
    }

    private Uni<SuccessResponse<AuditEntry>> moderate(
            StreamKey key, @Nullable String reason, Function<ChatRoom, ChatModeration> decision) {
        return moderate(key, caller.get(), reason, decision);
    }

    private Uni<SuccessResponse<AuditEntry>> moderate(
            StreamKey key, User moderator, @Nullable String reason, Function<ChatRoom, ChatModeration> decision) {
        return moderation
                .moderate(key, moderator, null, reasonText(reason), decision)
                .map(SuccessResponse::of);
    }

    private static String reasonText(@Nullable String reason) {
        return reason == null ? "" : reason;
    }
}
