/** Tests and benchmark of the viewer count. */
@NullMarked
package io.dorami.endtoend.viewers;

import org.jspecify.annotations.NullMarked;
