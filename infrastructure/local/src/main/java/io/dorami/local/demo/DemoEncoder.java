package io.dorami.local.demo;

import io.dorami.local.process.PidFile;
import io.dorami.local.process.ProcessSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The encoder of a show: FFmpeg, whose process id is in a file, so that {@code ./dorami down} finds it after a kill. */
public final class DemoEncoder implements AutoCloseable {

    /** FFmpeg ends within 0.1 s; what it has written is deleted anyway. */
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);

    private final ProcessSpec spec;
    private final PidFile pidFile;
    private final Path log;
    private @Nullable Process process;
    private boolean closed;

    /** @param log file that receives the errors of the last start */
    public DemoEncoder(ProcessSpec spec, PidFile pidFile, Path log) {
        this.spec = spec;
        this.pidFile = pidFile;
        this.log = log;
    }

    /** Starts FFmpeg if it does not run, as encoders reconnect after a failure. Does nothing after the end of the show. */
    public synchronized void startIfStopped() {
        if (closed || process != null && process.isAlive()) {
            return;
        }
        try {
            process = spec.start(log);
            pidFile.write(process.toHandle(), spec.signal());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        PidFile.stop(List.of(pidFile), STOP_TIMEOUT);
    }
}
