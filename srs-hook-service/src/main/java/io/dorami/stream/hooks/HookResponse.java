package io.dorami.stream.hooks;

import com.fasterxml.jackson.annotation.JsonIgnore;

/** The response that SRS understands: code 0 accepts, any other code rejects. It has no envelope. */
public record HookResponse(int code) {

    static final HookResponse ACCEPTED = new HookResponse(0);
    static final HookResponse REJECTED = new HookResponse(1);

    @JsonIgnore
    public boolean isAccepted() {
        return code == 0;
    }
}
