/** Tests of what operators see. */
@NullMarked
package io.dorami.endtoend.observability;

import org.jspecify.annotations.NullMarked;
