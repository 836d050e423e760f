package io.dorami.contracts;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import java.util.regex.Pattern;

/**
 * A signed-in user, read from the token's claims without a lookup. An id has 1 to 64 visible ASCII characters, a name
 * has 1 to {@value #MAX_NAME_LENGTH} characters; other values are rejected with {@link ErrorCode#UNAUTHORIZED}.
 */
public record User(String id, String name, Role role) {

    /** Excludes spaces and control characters, so that an id can be part of a key or a line. UUIDs match. */
    private static final Pattern ID_PATTERN = Pattern.compile("[\\x21-\\x7e]{1,64}");

    /** Maximum length of a name in UTF-16 code units. */
    public static final int MAX_NAME_LENGTH = 100;

    /** The user's permissions beyond chatting and buying. */
    public enum Role {
        USER,
        ADMIN
    }

    public User {
        if (!ID_PATTERN.matcher(id).matches()) {
            throw new DoramiException(ErrorCode.UNAUTHORIZED, "invalid token: user id");
        }
        if (name.isBlank() || name.length() > MAX_NAME_LENGTH) {
            throw new DoramiException(ErrorCode.UNAUTHORIZED, "invalid token: name");
        }
    }

    /** Not a JSON property: the role is serialised instead. */
    @JsonIgnore
    public boolean isAdmin() {
        return role == Role.ADMIN;
    }
}
