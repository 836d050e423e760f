/** The whole system, as its users meet it: started by the launcher, reached over its ports, its processes killed. */
@NullMarked
package io.dorami.endtoend;

import org.jspecify.annotations.NullMarked;
