package io.dorami.stream.srs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.keys.StreamKey;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys and tokens as sellers paste them into encoders. */
class SrsHookTest {

    private static final String TOKEN = "AAAAAGpxW3Bv-_Zt3Xq0aZ9Jc1mYvQ2k";
    private static final StreamKey KEY = new StreamKey("aZ09_-key");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "aZ09_-key",
                "aZ09_-key ",
                " aZ09_-key",
                "aZ09_-key\n",
                "\taZ09_-key\r\n",
                "/aZ09_-key",
                "aZ09_-key/",
                "aZ09_-key /",
                "aZ09_-key?token=T",
                "aZ09_-key/?token=T",
                "aZ09_-key ?token=T ",
                "aZ09_-key /?token=T",
                "aZ09_-key.flv",
                "aZ09_-key.m3u8 "
            })
    void key_isReadFromPastedName(String stream) {
        assertThat(hook(stream, null, null).key()).isEqualTo(KEY);
    }

    /** SRS removes none of these, so that viewers would find nothing under the key. */
    @ParameterizedTest
    @ValueSource(strings = {"", " ", "aZ09_-key%20", "aZ09_-key\u00a0", "aZ09_-key\u200b", "aZ09_-key&token=T"})
    void otherName_isRejected(String stream) {
        assertThatThrownBy(() -> hook(stream, null, null).key()).isInstanceOf(DoramiException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "?token=%s",
                "?token=%s ",
                "?token= %s\r\n",
                "?token=%s%%20",
                "?token=%s/",
                "?token=%s#",
                "?token=%s\u00a0",
                "?key=1&token=%s&x=2",
                "app=live&stream=key&token=%s", // of WebRTC
                "?token=%1$s?token=%1$s"
            })
    void token_isReadFromEveryField(String query) {
        String written = query.formatted(TOKEN);
        assertThat(hook("key", written, null).token()).contains(TOKEN);
        assertThat(hook("key" + written, "", null).token()).contains(TOKEN);
        assertThat(hook("key", null, "rtmp://host/live" + written).token()).contains(TOKEN);
    }

    @Test
    void tokenBesideTheKey_precedesTheServerAddress() {
        assertThat(hook("key", "?token=new", "rtmp://host/live?token=old").token())
                .contains("new");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "a b", "a\n", "\ud83d", "\u0000", "é"})
    void idThatSrsDoesNotCreate_isRejected(String id) {
        assertThatThrownBy(() -> new SrsHook("on_publish", id, "run1", "live", "key", null, null).connection())
                .isInstanceOf(DoramiException.class);
    }

    private static SrsHook hook(String stream, @Nullable String param, @Nullable String tcUrl) {
        return new SrsHook("on_publish", "c1", "run1", "live", stream, param, tcUrl);
    }
}
