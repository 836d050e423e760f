package io.dorami.stream.srs;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The calls of SRS that mean something here; everything else it may tell is accepted and ignored. */
public enum HookAction {
    ON_CONNECT,
    ON_PUBLISH,
    ON_UNPUBLISH,
    ON_PLAY,
    ON_STOP,
    ON_CLOSE,
    OTHER;

    public static HookAction of(@Nullable String action) {
        if (action == null) {
            return OTHER;
        }
        try {
            return valueOf(action.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            return OTHER;
        }
    }
}
