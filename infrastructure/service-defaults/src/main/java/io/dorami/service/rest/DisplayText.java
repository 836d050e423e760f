package io.dorami.service.rest;

import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.service.text.TextCleaner;
import org.jspecify.annotations.Nullable;

/** Texts in request bodies that pages show, cleaned by {@link TextCleaner}. */
public final class DisplayText {

    private DisplayText() {}

    /**
     * Cleans a text of one line.
     *
     * @throws DoramiException {@link ErrorCode#VALIDATION_ERROR} if nothing visible is left; the message names the field
     */
    public static String requireLine(String field, String raw) {
        return requireVisible(field, TextCleaner.cleanLine(raw));
    }

    /** Cleans a text of several lines; see {@link #requireLine}. */
    public static String requireLines(String field, String raw) {
        return requireVisible(field, TextCleaner.cleanText(raw));
    }

    /** Cleans an optional text of one line; a blank one is null. */
    public static @Nullable String optionalLine(String raw) {
        return nullIfEmpty(TextCleaner.cleanLine(raw));
    }

    /** Cleans an optional text of several lines; a blank one is null. */
    public static @Nullable String optionalLines(String raw) {
        return nullIfEmpty(TextCleaner.cleanText(raw));
    }

    private static @Nullable String nullIfEmpty(String cleaned) {
        return cleaned.isEmpty() ? null : cleaned;
    }

    private static String requireVisible(String field, String cleaned) {
        if (cleaned.isEmpty()) {
            throw new DoramiException(ErrorCode.VALIDATION_ERROR, "body." + field + ": must not be blank");
        }
        return cleaned;
    }
}
