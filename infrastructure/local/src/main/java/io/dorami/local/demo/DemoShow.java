package io.dorami.local.demo;

import io.dorami.contracts.keys.StreamKey;
import io.dorami.local.CliError;
import io.dorami.local.media.LocalSrs;
import io.dorami.local.media.TestPicture;
import io.dorami.local.process.Executables;
import io.dorami.local.process.PidFile;
import io.dorami.local.process.Poll;
import io.dorami.local.process.ProcessSpec;
import io.dorami.local.process.RotatingLog;
import io.dorami.local.system.DataFolder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * A live show with its picture. With SRS, FFmpeg publishes the picture as any encoder, and SRS's hooks start and end the
 * stream. Without SRS, FFmpeg writes the files that SRS would write, and the hooks are simulated. Without FFmpeg, the show
 * has no picture.
 */
public final class DemoShow implements AutoCloseable {

    /** FFmpeg connects within 1 s; more for a busy machine. */
    private static final Duration LIVE_TIMEOUT = Duration.ofSeconds(20);

    /** An encoder that is not stopped, because this process was killed, runs no longer than this beyond the show. */
    private static final Duration ENCODER_RESERVE = Duration.ofSeconds(30);

    private final DemoSeller seller;
    private final DataFolder folder;
    private final StreamKey key;
    private final boolean hasSrs;
    private final Path encoderLog;
    private final PidFile pidFile;
    private final Optional<DemoEncoder> encoder;
    private boolean ended;

    /** Creates the stream; {@link #goLive} starts the show. */
    public DemoShow(DemoSeller seller, String title, DataFolder folder, Duration duration) {
        this.seller = seller;
        this.folder = folder;
        this.hasSrs = folder.process(LocalSrs.NAME).isPresent();
        Optional<TestPicture> picture = Executables.find("ffmpeg").map(TestPicture::new);
        if (hasSrs && picture.isEmpty()) {
            throw new CliError("FFmpeg not found; the demo publishes with it to SRS. Install it: apt install ffmpeg");
        }
        this.key = seller.createStream(title);
        long pid = ProcessHandle.current().pid();
        this.encoderLog = folder.log("demo-encoder");
        this.pidFile = folder.pidFile("demo-" + pid);
        Duration limit = duration.plus(ENCODER_RESERVE);
        this.encoder = picture.map(source -> new DemoEncoder(
                hasSrs
                        ? source.publish(seller.publishAddress(), folder.media(), limit)
                        : source.writeHls(key.value(), folder.media(), limit),
                folder.pidFile("demo-" + pid + "-encoder"),
                encoderLog));
    }

    public StreamKey key() {
        return key;
    }

    /** Starts the show, and returns when it is live. */
    public void goLive() {
        pidFile.write(ProcessHandle.current(), ProcessSpec.TERMINATE); // ./dorami down ends the show too
        reconnectEncoder();
        if (!hasSrs) {
            seller.simulatePublish();
        } else if (!Poll.until(LIVE_TIMEOUT, seller::isLive)) {
            throw new CliError("SRS did not accept the encoder within %d s. Last lines of %s:%n%s"
                    .formatted(
                            LIVE_TIMEOUT.toSeconds(), encoderLog, String.join("\n", RotatingLog.tail(encoderLog, 5))));
        }
    }

    /** Starts the encoder again if it has failed. */
    public void reconnectEncoder() {
        encoder.ifPresent(DemoEncoder::startIfStopped);
    }

    /** Describes where the picture comes from, or how to get one. */
    public String describePicture() {
        if (encoder.isEmpty()) {
            return "none; install FFmpeg to see one: apt install ffmpeg";
        }
        return hasSrs ? "FFmpeg publishes it over RTMP to SRS" : "FFmpeg writes it as HLS";
    }

    /** Ends the show. A second call does nothing. */
    @Override
    public synchronized void close() {
        if (ended) {
            return;
        }
        ended = true;
        encoder.ifPresent(DemoEncoder::close);
        if (!hasSrs) {
            TestPicture.deleteHls(key.value(), folder.media());
        }
        pidFile.delete();
        seller.endShow();
    }
}
