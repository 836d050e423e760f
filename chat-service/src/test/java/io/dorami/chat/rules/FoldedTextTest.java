package io.dorami.chat.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.lang.UProperty;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FoldedTextTest {

    private static final List<String> WORDS = List.of("scam", "바보", "ass", "two words", "сука", "सेल");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "바\u3164보",
                "sc\u034Fam",
                "s\uFE0Fcam",
                "s\u200Bc\u200Dam",
                "sc\uFFA0am",
                "sc\u115F\u1160am",
                "sc\u2800am",
                "s\u00ADcam",
                "sc\uDB40\uDC61am",
                "바\u17B4보",
                "s\uD834\uDD59cam",
                "바\u2060보",
                "s\u0336c\u0336a\u0336m"
            })
    void charactersThatDrawNothingHideNoWord(String text) {
        assertThat(hasWord(text)).isTrue();
    }

    @Test
    void noIgnorableCodePointHidesWord() {
        int[] ignorable = IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
                .filter(c -> UCharacter.hasBinaryProperty(c, UProperty.DEFAULT_IGNORABLE_CODE_POINT))
                .toArray();
        assertThat(ignorable).hasSizeGreaterThan(4_000);
        assertThat(IntStream.of(ignorable).filter(c -> !hasWord("sc" + Character.toString(c) + "am")))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "what an ass, true",
        "ASS!, true",
        "ａｓｓ, true",
        "first class, false",
        "assess it, false",
        "너바보야, true",
        "바 보, false",
        "two words here, true",
        "two   words, true",
        "two worlds, false",
        "सेल है, true",
        "सेली, false",
    })
    void bannedWordsMatchByScript(String text, boolean isMatch) {
        assertThat(hasWord(text)).isEqualTo(isMatch);
    }

    @ParameterizedTest
    @CsvSource({
        "scam이다, true",
        "이거scam, true",
        "이거scam이야, true",
        "scamです, true",
        "это-scam, true",
        "scamэто, true",
        "scampi, false",
        "scamp이다, false",
        "이거scampi, false",
        "scam3, false",
        "scämscam, false",
    })
    void changeOfScriptIsWordBoundary(String text, boolean isMatch) {
        assertThat(hasWord(text)).isEqualTo(isMatch);
    }

    @ParameterizedTest
    @CsvSource({
        "ѕcam, true",
        "ѕсаm, true",
        "SСАМ, true",
        "ЅCАM이다, true",
        "ѕcampi, false",
        "ѕcamя, true",
        "clаss, false",
        "𝐬𝐜𝐚𝐦, true",
        "сука, true",
        "cукa, true",
        "СУКА, true",
        "сукам, false",
        "барсука, false",
    })
    void lookalikesHideNoWord(String text, boolean isMatch) {
        assertThat(hasWord(text)).isEqualTo(isMatch);
    }

    /** Each Cyrillic word has a part that looks Latin; none of them ends there. */
    @Test
    void lookalikeDoesNotEndWordOfItsScript() {
        assertThat(FoldedText.of("насосная станция").containsAny(List.of("сос", "coc")))
                .isFalse();
        assertThat(FoldedText.of("сос").containsAny(List.of("сос"))).isTrue();
        assertThat(FoldedText.of("coc").containsAny(List.of("сос"))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "see https://example.test/x, true",
        "see HTTP://EXAMPLE.TEST, true",
        "www.example.test, true",
        "come to example.com, true",
        "come to ｅｘａｍｐｌｅ．ｃｏｍ now, true",
        "naver.com/abc, true",
        "t.me/abc, true",
        "naver.com에서 봐요, true",
        "bit.ly로, true",
        "여기naver.com, true",
        "여기www.example.test에서, true",
        "example.comです, true",
        "example.comпривет, true",
        "naver。com, true",
        "nаver.cоm, true",
        "hello.world, false",
        "hello.comedy, false",
        "wait...what, false",
        "12.900 won, false",
        "a.k.a. Kim, false",
        "안녕.하세요, false",
    })
    void linksAreDetectedBesideAnyScript(String text, boolean isLink) {
        assertThat(FoldedText.of(text).hasLink()).isEqualTo(isLink);
    }

    @Test
    void charactersThatDrawNothingHideNoLink() {
        assertThat(FoldedText.of("naver.c\u034Fom").hasLink()).isTrue();
        assertThat(FoldedText.of("naver\u3164.com").hasLink()).isTrue();
    }

    @Test
    void wordIsStoredInItsOwnScript() {
        assertThat(FoldedText.fold(" \u3164Сука\u200B  ВОН ")).isEqualTo("сука вон");
        assertThat(FoldedText.fold("\u3164\u200B")).isEmpty();
    }

    private static boolean hasWord(String text) {
        return FoldedText.of(text).containsAny(WORDS);
    }
}
