package io.dorami.service.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dorami.contracts.errors.DoramiException;
import org.junit.jupiter.api.Test;

class DisplayTextTest {

    @Test
    void lineBreaks_stayInTextsAndLeaveLines() {
        String text = " One\r\nTwo\u2028Three ";
        assertThat(DisplayText.requireLines("content", text)).isEqualTo("One\nTwo\nThree");
        assertThat(DisplayText.optionalLines(text)).isEqualTo("One\nTwo\nThree");
        assertThat(DisplayText.requireLine("title", text)).isEqualTo("One Two Three");
        assertThat(DisplayText.optionalLine(text)).isEqualTo("One Two Three");
    }

    @Test
    void blankText_isNullOrRejected() {
        String blank = " \u200b\u3164\n";
        assertThat(DisplayText.optionalLine(blank)).isNull();
        assertThat(DisplayText.optionalLines(blank)).isNull();
        assertThatThrownBy(() -> DisplayText.requireLine("title", blank))
                .isInstanceOf(DoramiException.class)
                .hasMessage("body.title: must not be blank");
        assertThatThrownBy(() -> DisplayText.requireLines("content", blank))
                .isInstanceOf(DoramiException.class)
                .hasMessage("body.content: must not be blank");
    }
}
