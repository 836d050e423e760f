package io.dorami.local;

/** Something the user can mend; its message says how. */
public final class CliError extends RuntimeException {

    private static final long serialVersionUID = 1;

    public CliError(String message) {
        super(message);
    }
}
