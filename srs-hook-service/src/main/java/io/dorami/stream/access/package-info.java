/** Access control of publishing and playing: stream tokens, publish key generations, and the play gate. */
@NullMarked
package io.dorami.stream.access;

import org.jspecify.annotations.NullMarked;
