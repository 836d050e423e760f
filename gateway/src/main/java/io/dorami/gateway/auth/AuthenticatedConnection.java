package io.dorami.gateway.auth;

import io.dorami.service.security.Identity;

/** A connection that speaks for a user, until its token's time is over or the platform revokes it. */
public interface AuthenticatedConnection {

    Identity identity();

    /**
     * The user is spoken for no longer. On any thread.
     *
     * @param message why, in the words that the web client looks for before it refreshes its token
     */
    void signOut(String message);
}
