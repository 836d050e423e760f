/** Tests of rooms, Socket.IO and recovery on the gateway. */
@NullMarked
package io.dorami.endtoend.gateway;

import org.jspecify.annotations.NullMarked;
