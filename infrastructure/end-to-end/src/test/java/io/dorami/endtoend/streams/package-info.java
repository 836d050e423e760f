/** Tests and benchmark of streams, SRS hooks and private playback. */
@NullMarked
package io.dorami.endtoend.streams;

import org.jspecify.annotations.NullMarked;
