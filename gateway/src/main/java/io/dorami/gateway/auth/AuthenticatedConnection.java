package io.dorami.gateway.auth;

import io.dorami.service.security.Identity;
import org.jspecify.annotations.Nullable;

/**
 * A connection that is authenticated as a user until its token expires or the platform revokes it. All methods may be
 * called on any thread. A call for an identity that the connection no longer has does nothing.
 */
public interface AuthenticatedConnection {

    /** Returns the identity of the connection's token; null if the connection is a guest's by now. */
    @Nullable
    Identity identity();

    /**
     * Ends the authentication because the token has expired. A connection whose client can get a newer token only with
     * a new handshake is closed, so that the client comes back.
     */
    void expire(Identity expired);

    /**
     * Signs the user out.
     *
     * @param message the reason, in the words that the web client matches before it refreshes its token
     */
    void signOut(Identity revoked, String message);
}
