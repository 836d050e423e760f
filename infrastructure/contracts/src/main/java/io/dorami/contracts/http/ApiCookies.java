package io.dorami.contracts.http;

/** The cookies of the web platform, which its pages send with every request. */
public final class ApiCookies {

    /** The access token. Pages cannot read it. {@code mp.jwt.token.cookie} has the same name. */
    public static final String ACCESS_TOKEN = "accessToken";

    /** The value that a page repeats in the header {@link ApiHeaders#CSRF_TOKEN}. */
    public static final String CSRF_TOKEN = "csrf-token";

    private ApiCookies() {}
}
