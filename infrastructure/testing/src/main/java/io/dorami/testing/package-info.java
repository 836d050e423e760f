/** Real servers for tests, and a small WebSocket client. */
@NullMarked
package io.dorami.testing;

import org.jspecify.annotations.NullMarked;
