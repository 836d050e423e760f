package io.dorami.contracts.errors;

/** An error that the client is told of: its code, and a sentence that helps. */
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
