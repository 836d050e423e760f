/** Test support: real servers, fault injection, and clients of Redis and of the JSON protocol. */
@NullMarked
package io.dorami.testing;

import org.jspecify.annotations.NullMarked;
