package io.dorami.stream.api;

import io.dorami.contracts.User;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.stream.StreamConfig;
import io.dorami.stream.access.StreamTokens;
import io.dorami.stream.state.Stream;
import io.dorami.stream.state.StreamDetails;
import jakarta.enterprise.context.ApplicationScoped;

/** The addresses of a stream's media, and the stream as its owner and admins see it with them. */
@ApplicationScoped
class StreamAddresses {

    private final StreamTokens tokens;
    private final StreamConfig config;

    StreamAddresses(StreamTokens tokens, StreamConfig config) {
        this.tokens = tokens;
        this.config = config;
    }

    StreamSession session(Stream stream, User reader) {
        boolean isOwner = stream.isOwnedBy(reader);
        StreamDetails details = stream.details();
        return new StreamSession(
                stream.id(),
                stream.ownerId(),
                stream.key(),
                details.title(),
                details.description(),
                stream.state().status(),
                isOwner ? config.rtmpUrl() + "?token=" + tokens.publishToken(stream) : config.rtmpUrl(),
                hls(stream.key()),
                stream.startedAt(),
                stream.endedAt(),
                details.scheduledAt(),
                details.thumbnailUrl(),
                details.freeShipping().mode(),
                details.freeShipping().threshold(),
                stream.expiresAt(),
                stream.createdAt(),
                isOwner ? tokens.publishKey(stream) : null,
                isOwner ? webRtc("whip", stream.key()) + "&token=" + tokens.publishToken(stream) : null,
                webRtc("whep", stream.key()));
    }

    String flv(StreamKey key) {
        return config.publicUrl() + "/live/live/" + key + ".flv";
    }

    String hls(StreamKey key) {
        return config.publicUrl() + "/hls/" + key + ".m3u8";
    }

    /** A path without an origin, because pages call it at their own. */
    private static String webRtc(String protocol, StreamKey key) {
        return "/rtc/v1/" + protocol + "/?app=live&stream=" + key;
    }
}
