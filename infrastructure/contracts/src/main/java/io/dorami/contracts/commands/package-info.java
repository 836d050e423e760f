/** Commands: what a client may request, what waits in a service's inbox, and the reply. */
@NullMarked
package io.dorami.contracts.commands;

import org.jspecify.annotations.NullMarked;
