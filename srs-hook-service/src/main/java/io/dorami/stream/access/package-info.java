/** Who may publish and who may play: stream tokens, key generations and the play gate. */
@NullMarked
package io.dorami.stream.access;

import org.jspecify.annotations.NullMarked;
