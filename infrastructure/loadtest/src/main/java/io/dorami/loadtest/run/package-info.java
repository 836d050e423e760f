/** A load run: its sockets, messages, orders and REST calls. */
@NullMarked
package io.dorami.loadtest.run;

import org.jspecify.annotations.NullMarked;
