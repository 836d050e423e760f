package io.dorami.testing;

import io.dorami.contracts.User;
import io.dorami.signing.AccessToken;

/** Secrets of the tests, and access tokens signed with them. */
public final class TestSecrets {

    public static final String JWT = "a-secret-for-tests-of-32-bytes-and-more";
    public static final String SRS = "srs-secret-for-tests-of-32-bytes-and-more";
    public static final String FORMER_SRS = "former-srs-secret-for-tests-of-32-bytes";
    public static final String PAYMENT = "payment-secret-for-tests-of-32-bytes-and-more";

    private TestSecrets() {}

    /** Valid access token of a user with the role USER. */
    public static String userToken(String id, String name) {
        return AccessToken.of(new User(id, name, User.Role.USER)).sign(JWT);
    }

    /** Valid access token of an admin. */
    public static String adminToken() {
        return AccessToken.of(new User("admin", "Admin", User.Role.ADMIN)).sign(JWT);
    }
}
