/** Client protocols over WebSocket, from the bytes of a frame to its event. */
@NullMarked
package io.dorami.loadtest.protocol;

import org.jspecify.annotations.NullMarked;
