package io.dorami.service.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.lang.UProperty;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextCleanerTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Kim\u202E             | Kim",
                "\u2067Kim\u2069\u200F | Kim",
                "Admin\u200B           | Admin",
                "Ad\u200Dmin\u200C     | Admin",
                "Ad\u034Fm\uFE0Fin     | Admin",
                "Admin\u2800\u3164     | Admin",
                "김\u115F민수\uFEFF    | 김민수",
                "1\uFE0F               | 1",
                "a\uDB40\uDC61b        | ab",
                "half \uD83D           | half \uFFFD",
                "\uDC4D up             | \uFFFD up",
                "a\u0007b\u0000c\u009F | abc",
                "cafe\u0301            | caf\u00E9",
                "\uFDD0x\uFFFF         | x",
            })
    void whatDeceivesIsRemoved(String text, String expected) {
        assertThat(TextCleaner.cleanLine(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u3164",
                "\u200B\u2060",
                "\u2800 \u00A0",
                "\u202E",
                "\u0301",
                "\uDB40\uDC61",
                "\u115F\u1160",
                " \n\t",
                "\uFE0F",
                "\uD834\uDD59",
                ""
            })
    void textWithoutVisibleCharacterIsEmpty(String text) {
        assertThat(TextCleaner.cleanLine(text)).isEmpty();
        assertThat(TextCleaner.cleanText(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Kim Min-su",
                "김민수",
                "Nguyễn Thị Hồng",
                "❤️ 1️⃣ ©️",
                "👨‍👩‍👧‍👦",
                "👩🏽‍💻 🏳️‍🌈 ❤️‍🔥",
                "🏴󠁧󠁢󠁥󠁮󠁧󠁿🏴󠁧󠁢󠁳󠁣󠁴󠁿",
                "🇰🇷",
                "می‌خواهم",
                "क्‍ष",
                "ශ්‍රී",
                "葛󠄀城",
                "ᠠ᠎ᠠ",
                "לוֹרֶם",
                "มี่",
                "བསྒྲུབས",
                "ÅŌ–„“"
            })
    void namesAndEmojiStayAsWritten(String text) {
        assertThat(TextCleaner.cleanLine(text)).isEqualTo(text);
    }

    @Test
    void marksBeyondFiveOnOneLetterAreRemoved() {
        assertThat(TextCleaner.cleanLine("x" + "\u0316".repeat(60) + "y")).isEqualTo("x" + "\u0316".repeat(5) + "y");
        assertThat(TextCleaner.cleanLine("x" + "\u0316\u034F\uFE0F\u200D".repeat(60)))
                .as("invisible characters in between")
                .isEqualTo("x" + "\u0316".repeat(5));
    }

    @Test
    void linesStayInTextsAndBecomeSpacesInNames() {
        assertThat(TextCleaner.cleanText("각\r\n둘\r셋\u2028넷\t다섯")).isEqualTo("각\n둘\n셋\n넷 다섯");
        assertThat(TextCleaner.cleanLine("각\r\n둘\r셋\u2028넷\t다섯")).isEqualTo("각 둘 셋 넷 다섯");
        assertThat(TextCleaner.cleanText("one\ntwo")).isEqualTo("one\ntwo");
    }

    @Test
    void truncationKeepsCharactersWhole() {
        assertThat(TextCleaner.truncate("Kim", 3)).isEqualTo("Kim");
        assertThat(TextCleaner.truncate("Kim Lee", 4)).isEqualTo("Kim");
        assertThat(TextCleaner.truncate("ab👨‍👩‍👧", 5)).isEqualTo("ab");
        assertThat(TextCleaner.truncate("e\u0316e\u0316", 3)).isEqualTo("e\u0316");
    }

    @Test
    void cleaningTwiceChangesNothing() {
        int[] alphabet =
                (" ab1#가\u0301\u0316\u200C\u200D\uFE0F\u3164\u0645\u06CC\u094D\u0915\u20E3\u202E\n\r👩🏽🏴\u2764"
                                + "\uDB40\uDC67\uDB40\uDC7F\u845B\uDB40\uDD00\u0958\u2800")
                        .codePoints()
                        .toArray();
        Random random = new Random(7);
        for (int i = 0; i < 50_000; i++) {
            int[] text = random.ints(1 + random.nextInt(12), 0, alphabet.length)
                    .map(index -> alphabet[index])
                    .toArray();
            String once = TextCleaner.cleanText(new String(text, 0, text.length));
            assertThat(TextCleaner.cleanText(once)).isEqualTo(once);
        }
    }

    @Test
    void longInputTakesLinearTime() {
        assertThat(TextCleaner.cleanText("\u06CC" + "\u200C".repeat(1_000_000) + "x"))
                .isEqualTo("\u06CCx");
        assertThat(TextCleaner.cleanText("🏴" + "\uDB40\uDC67".repeat(1_000_000)))
                .isEqualTo("🏴");
    }

    @Test
    void invisibleCharactersAreThoseOfUnicode() {
        assertThat(IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
                        .filter(c -> Invisible.isDefaultIgnorable(c)
                                != UCharacter.hasBinaryProperty(c, UProperty.DEFAULT_IGNORABLE_CODE_POINT)))
                .isEmpty();
    }

    @Test
    void blankSymbolsAreThoseWithSuchNames() {
        assertThat(IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
                        .filter(c -> !Invisible.isDefaultIgnorable(c))
                        .filter(TextCleanerTest::hasNameOfBlank)
                        .filter(c -> !Invisible.isBlankSymbol(c)))
                .isEmpty();
    }

    private static boolean hasNameOfBlank(int codePoint) {
        String name = UCharacter.getName(codePoint);
        return name != null && name.matches(".* BLANK|.* NULL NOTEHEAD|(HANGUL|KHITAN) .*FILLER");
    }
}
