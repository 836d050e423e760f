/** Counters of a run: deliveries, latency, room logs and CPU time. */
@NullMarked
package io.dorami.loadtest.measurement;

import org.jspecify.annotations.NullMarked;
