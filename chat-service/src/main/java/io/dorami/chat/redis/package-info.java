/** Chat rooms in Redis: the message writer, the room cache and the log reader. */
@NullMarked
package io.dorami.chat.redis;

import org.jspecify.annotations.NullMarked;
