/** The media server: a real SRS if there is one, else a file server for the test picture that FFmpeg writes. */
@NullMarked
package io.dorami.local.media;

import org.jspecify.annotations.NullMarked;
