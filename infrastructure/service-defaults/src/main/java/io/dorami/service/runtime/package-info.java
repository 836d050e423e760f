/** Shared configuration, timeouts, periodic tasks and the event loops of a service. */
@NullMarked
package io.dorami.service.runtime;

import org.jspecify.annotations.NullMarked;
