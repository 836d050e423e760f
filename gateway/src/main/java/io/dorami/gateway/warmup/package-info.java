/** The warm-up of the gateway: connections, and the delivery of events. */
@NullMarked
package io.dorami.gateway.warmup;

import org.jspecify.annotations.NullMarked;
