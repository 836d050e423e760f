package io.dorami.stream.srs;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.stream.state.Publisher;
import org.jspecify.annotations.Nullable;

/**
 * An encoder and its media, as SRS reports them.
 *
 * @param bytesReceived the bytes of the stream at SRS's last count
 * @param video null before the first frame
 * @param audio null before the first frame
 */
public record Encoder(
        Publisher publisher,
        long bytesReceived,
        @Nullable Video video,
        @Nullable Audio audio) {

    /**
     * Video as SRS reads it from the stream. SRS rounds the size of a picture whose sides are not multiples of 16.
     *
     * @param codec for example H264
     * @param profile for example High
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Video(
            String codec,
            @Nullable String profile,
            @Nullable Integer width,
            @Nullable Integer height) {

        static @Nullable Video parse(JsonNode video) {
            return video.isObject()
                    ? new Video(
                            video.path("codec").asText(),
                            text(video.path("profile")),
                            positive(video.path("width")),
                            positive(video.path("height")))
                    : null;
        }
    }

    /**
     * Audio as SRS reads it from the stream.
     *
     * @param codec for example AAC
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Audio(
            String codec,
            @Nullable Integer sampleRate,
            @Nullable Integer channels) {

        static @Nullable Audio parse(JsonNode audio) {
            return audio.isObject()
                    ? new Audio(
                            audio.path("codec").asText(),
                            positive(audio.path("sample_rate")),
                            positive(audio.path("channel")))
                    : null;
        }
    }

    private static @Nullable String text(JsonNode node) {
        return node.isTextual() && !node.asText().isEmpty() ? node.asText() : null;
    }

    /** SRS reports 0 for a number that it does not know. */
    private static @Nullable Integer positive(JsonNode node) {
        return node.asInt() > 0 ? Integer.valueOf(node.asInt()) : null;
    }
}
