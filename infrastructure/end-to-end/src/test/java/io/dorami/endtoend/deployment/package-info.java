/** Checks of manifests, migrations and architecture without running services. */
@NullMarked
package io.dorami.endtoend.deployment;

import org.jspecify.annotations.NullMarked;
