package io.dorami.stream;

import com.fasterxml.jackson.annotation.JsonIgnore;

/** All that SRS understands: the integer 0 accepts, anything else refuses. Never wrapped. */
public record HookAnswer(int code) {

    static final HookAnswer ACCEPTED = new HookAnswer(0);
    static final HookAnswer REFUSED = new HookAnswer(1);

    @JsonIgnore
    boolean accepted() {
        return code == 0;
    }
}
