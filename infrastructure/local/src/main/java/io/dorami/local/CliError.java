package io.dorami.local;

/** An error that the user can fix. Its message states how; commands print it without a stack trace. */
public final class CliError extends RuntimeException {

    private static final long serialVersionUID = 1;

    public CliError(String message) {
        super(message);
    }
}
