/** Sockets and rooms: moves event frames between Redis and clients, and opens the front door to the services. */
@NullMarked
package io.dorami.gateway;

import org.jspecify.annotations.NullMarked;
