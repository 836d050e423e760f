/** Client requests: one handler per kind of room. The only package that knows the kinds. */
@NullMarked
package io.dorami.gateway.rooms;

import org.jspecify.annotations.NullMarked;
