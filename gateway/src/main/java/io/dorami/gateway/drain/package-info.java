/** Graceful shutdown: closes connections one after the other, so that clients reconnect elsewhere. */
@NullMarked
package io.dorami.gateway.drain;

import org.jspecify.annotations.NullMarked;
