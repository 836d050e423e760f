package io.dorami.contracts;

import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import java.util.regex.Pattern;

/**
 * A signed-in user, from the token's claims; nothing is looked up. An id has 1 to 64 visible ASCII characters, a name 1 to
 * 100; anything else is refused as {@link ErrorCode#UNAUTHORIZED}.
 */
public record User(String id, String name, Role role) {

    /** No space or control character, so that ids may stand in keys and lines; UUIDs and the like. */
    private static final Pattern ID = Pattern.compile("[\\x21-\\x7e]{1,64}");

    private static final int NAME_CHARACTERS = 100;

    /** What the user may do beyond chatting and buying. */
    public enum Role {
        USER,
        ADMIN
    }

    public User {
        if (!ID.matcher(id).matches()) {
            throw new DoramiException(ErrorCode.UNAUTHORIZED, "invalid token: user id");
        }
        if (name.isBlank() || name.length() > NAME_CHARACTERS) {
            throw new DoramiException(ErrorCode.UNAUTHORIZED, "invalid token: name");
        }
    }

    public boolean admin() {
        return role == Role.ADMIN;
    }
}
