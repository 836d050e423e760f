package io.dorami.gateway.auth;

import io.dorami.service.security.Identity;

/** A connection that is authenticated as a user until its token expires or the platform revokes it. */
public interface AuthenticatedConnection {

    Identity identity();

    /**
     * Signs the user out. May be called on any thread.
     *
     * @param message the reason, in the words that the web client matches before it refreshes its token
     */
    void signOut(String message);
}
