/** Processes of this machine: start, stop, process id files, logs and ports. */
@NullMarked
package io.dorami.local.process;

import org.jspecify.annotations.NullMarked;
