package io.dorami.stream.srs;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The hooks of SRS that this service handles; it accepts and ignores all others. */
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
