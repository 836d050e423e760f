/** Nginx as the edge, with stand-ins behind it and with the running system. */
@NullMarked
package io.dorami.endtoend.edge;

import org.jspecify.annotations.NullMarked;
