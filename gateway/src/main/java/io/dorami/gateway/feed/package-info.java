/** From Redis to the hub: the room subscriber, the tail of each room's log, and the replay buffer. */
@NullMarked
package io.dorami.gateway.feed;

import org.jspecify.annotations.NullMarked;
