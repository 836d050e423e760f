package io.dorami.contracts.errors;

/** An error that is reported to the client: a code and a message with the remedy. */
public final class DoramiException extends RuntimeException {

    private final ErrorCode code;

    public DoramiException(ErrorCode code, String message) {
        super(message);
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }
}
