package io.dorami.chat.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.Collectors;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Node;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MarkupTest {

    /** An opener of the HTML standard's "tag open state", except {@code </} before a sign, which ends no text here. */
    private static final String OPENER = "<(/?[A-Za-z]|[!?])";

    private static final String[] PARTS = {
        "<", "<", "<", ">", "/", "!", "?", "-", "--", "=", "\"", "'", " ", "b", "script", "K", "가", "3", "&lt;",
        "a=\">\""
    };

    @ParameterizedTest
    @ValueSource(
            strings = {
                ">_< 오늘 최고 >_<",
                "가격 < 3만원, 재고 > 5",
                "<공지> 5시",
                "I <3 you </3",
                "a<=b",
                "<",
                "</",
                "a </> b",
                "<ñ>"
            })
    void signsThatStartNoTagStay(String text) {
        assertThat(Markup.remove(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "<b>bold</b> x                 | bold x",
                "a<br/>b                       | ab",
                "<img src=x onerror=alert(1)>y | y",
                "<a title=\">\" b='>'>link</a> | link",
                "<a title=x\">y                | y",
                "<a \"> y                      | ` y`",
                "<a =\">y                      | y",
                "<a b = \">\">y                | y",
                "<a b=/>y                      | y",
                "x <script src=e.js            | `x `",
                "x <a b=\"c> y                 | `x `",
                "x </b y                       | `x `",
                "<!-- a > b -->x               | x",
                "<!-->x                        | x",
                "<!--->x                       | x",
                "<!-- a --!>x                  | x",
                "<!-- a >x                     | ``",
                "<!DOCTYPE html>x              | x",
                "<?xml version='1.0'?>x        | x",
                "<<b>script>x                  | x",
                "<</b>/script>x                | x",
                "<<!-- -->!-- x                | ``",
                "<<<b>b>b>x                    | x",
                "&lt;b&gt; &amp;               | &lt;b&gt; &amp;",
            })
    void tagsAreRemovedAsParsersReadThem(String text, String expected) {
        assertThat(Markup.remove(text)).isEqualTo(expected);
    }

    /** Judged by an HTML parser, and by the opener alone. Removing once is enough. */
    @Test
    void resultNeverContainsMarkup() {
        Random random = new Random(7);
        for (int i = 0; i < 50_000; i++) {
            String text = random.ints(1 + random.nextInt(14), 0, PARTS.length)
                    .mapToObj(part -> PARTS[part])
                    .collect(Collectors.joining());
            String kept = Markup.remove(text);
            assertThat(kept).as(text).doesNotContainPattern(OPENER);
            assertThat(Markup.remove(kept)).as(text).isEqualTo(kept);
            assertThat(Jsoup.parseBodyFragment(kept).body().children().stream().map(Node::outerHtml))
                    .as(text)
                    .isEmpty();
            if (!text.matches("(?s).*" + OPENER + ".*")) {
                assertThat(kept).isEqualTo(text);
            }
        }
    }

    /** A message is at most 16 KB here; each character is looked at a few times, however the tags are nested. */
    @Test
    void nestedOpenersTakeLinearTime() {
        assertThat(Markup.remove("<".repeat(500_000) + "b>".repeat(500_000))).isEmpty();
    }
}
