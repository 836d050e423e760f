/** Requests of clients to join, leave, send and delete. The only package that depends on room types. */
@NullMarked
package io.dorami.gateway.rooms;

import org.jspecify.annotations.NullMarked;
