/** Test harness that starts the services as processes, reaches them over their ports, and kills them. */
@NullMarked
package io.dorami.endtoend.system;

import org.jspecify.annotations.NullMarked;
