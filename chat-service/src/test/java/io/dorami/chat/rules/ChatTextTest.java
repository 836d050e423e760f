package io.dorami.chat.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.dorami.chat.rules.ChatText.TextProblem;
import java.text.Normalizer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChatTextTest {

    private static final String FAMILY = "\uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67\u200D\uD83D\uDC66";
    private static final String HAN_IN_JAMO = "\u1112\u1161\u11AB";
    private static final String ENGLAND =
            "\uD83C\uDFF4\uDB40\uDC67\uDB40\uDC62\uDB40\uDC65\uDB40\uDC6E\uDB40\uDC67\uDB40\uDC7F";

    @Test
    void markupIsRemovedFromNormalisedText() {
        assertThat(ChatText.clean(" <b>Hello</b> <img src=x onerror=alert(1)> world "))
                .isEqualTo("Hello  world");
        String kelvinSign = "\u212A";
        assertThat(ChatText.clean("a <" + kelvinSign + " b")).as("K after NFC").isEqualTo("a");
        assertThat(ChatText.clean("a <\u0000b\u200B> c")).isEqualTo("a  c");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ">_< 오늘 최고 >_<",
                "가격 < 3만원, 재고 > 5",
                "<공지> 5시",
                "I <3 this </3",
                "\u2764\uFE0F 1\uFE0F\u20E3",
                FAMILY,
                ENGLAND,
                "\uD83C\uDDF0\uD83C\uDDF7",
                "\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645",
                "\u0915\u094D\u200D\u0937",
                "\u845B\uDB40\uDD00",
                "\uBC14\u3164\uBCF4",
                "\u1820\u180E\u1820"
            })
    void textArrivesAsWritten(String text) {
        assertThat(ChatText.clean(text)).isEqualTo(text);
    }

    @Test
    void controlAndDirectionCharactersAreRemoved() {
        assertThat(ChatText.clean("a\u0000b\u0007c\u202Ed\u2066e\u200Bf\uFEFFg\u061Ch\u00ADi"))
                .isEqualTo("abcdefghi");
        assertThat(ChatText.clean("line\none\ttab")).isEqualTo("line one tab");
    }

    @Test
    void textIsNormalisedToNfc() {
        assertThat(ChatText.clean("cafe\u0301")).isEqualTo("caf\u00E9");
        assertThat(ChatText.clean(HAN_IN_JAMO)).isEqualTo("\uD55C");
        assertThat(Normalizer.isNormalized(ChatText.clean("e<b></b>\u0301"), Normalizer.Form.NFC))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "\u00A0\u2003",
                "\u200D\u200D",
                "\u200B\u2060",
                "\u3164",
                "\u115F\u1160",
                "\uFFA0",
                "\u2800",
                "\uFE0F",
                "\u0301"
            })
    void invisibleTextIsEmpty(String text) {
        assertThat(ChatText.findProblem(ChatText.clean(text))).contains(TextProblem.EMPTY);
    }

    @Test
    void lengthIsCountedInGraphemeClusters() {
        for (String character :
                List.of("x", "\uD55C", "\uD83D\uDE00", FAMILY, ENGLAND, "\uD83C\uDDF0\uD83C\uDDF7", "e\u0323\u0301")) {
            assertThat(ChatText.findProblem(ChatText.clean(character.repeat(500))))
                    .as(character)
                    .isEmpty();
            assertThat(ChatText.findProblem(ChatText.clean(character.repeat(501))))
                    .as(character)
                    .contains(TextProblem.TOO_LONG);
        }
        // Jamo that do not compose to a syllable stay separate code points, but are one character.
        String oldHangul = "\u1100\u119E\u11AB";
        assertThat(ChatText.findProblem(ChatText.clean(oldHangul.repeat(500)))).isEmpty();
        assertThat(ChatText.findProblem(ChatText.clean(oldHangul.repeat(501)))).contains(TextProblem.TOO_LONG);
    }

    @Test
    void characterWithTooManyMarksIsRejected() {
        assertThat(ChatText.findProblem(ChatText.clean("a" + "\u0316".repeat(30))))
                .isEmpty();
        assertThat(ChatText.findProblem(ChatText.clean("a" + "\u0316".repeat(31))))
                .contains(TextProblem.OVERLONG_CHARACTER);
        assertThat(ChatText.findProblem(ChatText.clean("a" + "\u0316".repeat(9_000))))
                .contains(TextProblem.TOO_LONG);
    }

    @Test
    void halfSurrogateIsRemoved() {
        assertThat(ChatText.clean("half\uD83D")).isEqualTo("half");
    }

    @Test
    void formatCharacterThatIsDrawnStays() {
        String endOfAyah = "\u06DD\u0661";
        assertThat(ChatText.clean(endOfAyah)).isEqualTo(endOfAyah);
    }
}
