package io.dorami.service;

import io.dorami.contracts.User;
import jakarta.enterprise.context.RequestScoped;
import org.eclipse.microprofile.jwt.JsonWebToken;

/** Who calls; only where the endpoint asks for a signed-in user. */
@RequestScoped
public class CurrentUser {

    private final JsonWebToken token;

    CurrentUser(JsonWebToken token) {
        this.token = token;
    }

    public User get() {
        return AccessTokens.user(token);
    }
}
