/** Requests of clients to join, leave, send and delete, and the rules of each kind of room. */
@NullMarked
package io.dorami.gateway.rooms;

import org.jspecify.annotations.NullMarked;
