package io.dorami.stream.hooks;

import com.fasterxml.jackson.annotation.JsonIgnore;

/** All that SRS understands: the integer 0 accepts, anything else refuses. Never wrapped. */
public record HookResponse(int code) {

    static final HookResponse ACCEPTED = new HookResponse(0);
    static final HookResponse REFUSED = new HookResponse(1);

    @JsonIgnore
    public boolean accepted() {
        return code == 0;
    }
}
