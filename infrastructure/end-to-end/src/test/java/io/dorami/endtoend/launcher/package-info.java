/** Tests of the launcher's commands and of the restart of killed processes. */
@NullMarked
package io.dorami.endtoend.launcher;

import org.jspecify.annotations.NullMarked;
