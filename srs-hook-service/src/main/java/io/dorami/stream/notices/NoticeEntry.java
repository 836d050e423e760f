package io.dorami.stream.notices;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dorami.service.rest.DisplayText;
import io.dorami.service.rest.StrictBody;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A notice in the list behind the live page's button.
 *
 * @param isActive whether users see the notice; admins always do
 */
public record NoticeEntry(
        UUID id,
        String title,
        String content,
        Category category,
        @JsonProperty("isActive") boolean isActive,
        Instant createdAt,
        Instant updatedAt) {

    static final int MAX_TITLE_LENGTH = 200;

    /** {@link NoticeEntryStore#MAX_ENTRIES} of this length, at 3 bytes for a Korean letter, make a list of 1.2 MB. */
    static final int MAX_CONTENT_LENGTH = 2_000;

    /** The emphasis of a notice. */
    public enum Category {
        IMPORTANT,
        GENERAL
    }

    /** The request for a new notice. */
    public record NewEntry(
            @NotBlank @Size(max = MAX_TITLE_LENGTH) String title,
            @NotBlank @Size(max = MAX_CONTENT_LENGTH) String content,
            @Nullable Category category,
            @JsonProperty("isActive") @Nullable Boolean isActive)
            implements StrictBody {

        NoticeEntry toEntry(UUID id, Instant now) {
            return new NoticeEntry(
                    id,
                    DisplayText.requireLine("title", title),
                    DisplayText.requireLines("content", content),
                    category == null ? Category.GENERAL : category,
                    isActive == null || isActive,
                    now,
                    now);
        }
    }

    /** Changes of a notice. An absent field leaves its value unchanged. */
    public record EntryChange(
            @Nullable @Size(max = MAX_TITLE_LENGTH) String title,
            @Nullable @Size(max = MAX_CONTENT_LENGTH) String content,
            @Nullable Category category,
            @JsonProperty("isActive") @Nullable Boolean isActive)
            implements StrictBody {

        NoticeEntry applyTo(NoticeEntry entry, Instant now) {
            return new NoticeEntry(
                    entry.id(),
                    title == null ? entry.title() : DisplayText.requireLine("title", title),
                    content == null ? entry.content() : DisplayText.requireLines("content", content),
                    category == null ? entry.category() : category,
                    isActive == null ? entry.isActive() : isActive,
                    entry.createdAt(),
                    now);
        }
    }
}
