/** The load tool behind {@code ./dorami load}: thousands of real sockets from one core, every message accounted for. */
@NullMarked
package io.dorami.loadtest;

import org.jspecify.annotations.NullMarked;
