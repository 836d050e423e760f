/** Prometheus beside the services, for {@code ./dorami up --observe}. */
@NullMarked
package io.dorami.local.observe;

import org.jspecify.annotations.NullMarked;
