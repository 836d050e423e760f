/** The state machine of a stream, and the stores of streams in PostgreSQL and Redis. */
@NullMarked
package io.dorami.stream.state;

import org.jspecify.annotations.NullMarked;
