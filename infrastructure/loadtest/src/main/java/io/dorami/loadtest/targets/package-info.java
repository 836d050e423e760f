/** The servers under load: Dorami and its peers. */
@NullMarked
package io.dorami.loadtest.targets;

import org.jspecify.annotations.NullMarked;
