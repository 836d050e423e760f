package io.dorami.local.process;

import io.dorami.local.CliError;
import java.util.Optional;

/**
 * A file that keeps the supervisor from starting a process while another process runs in its place. The file names its
 * holder and has no effect after the holder's exit, so that a killed holder leaves nothing to clean up.
 */
public record ProcessHold(PidFile file) {

    /** Makes the process the holder; fails if another process is the holder. */
    public void acquire(ProcessHandle process) {
        holder().ifPresent(other -> {
            throw new CliError("Already replaced by ./dorami dev (process " + other.pid() + "). Stop that first.");
        });
        file.write(process, ProcessSpec.TERMINATE);
    }

    /** The holder, if it is alive. */
    public Optional<ProcessHandle> holder() {
        return file.process();
    }

    public void release() {
        file.delete();
    }
}
