package io.dorami.local;

/** Something the user can mend; its message says how. */
public final class Complaint extends RuntimeException {

    private static final long serialVersionUID = 1;

    public Complaint(String message) {
        super(message);
    }
}
