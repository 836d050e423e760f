/** Supervision of the running processes: restarts, readiness checks and console output. */
@NullMarked
package io.dorami.local.supervisor;

import org.jspecify.annotations.NullMarked;
