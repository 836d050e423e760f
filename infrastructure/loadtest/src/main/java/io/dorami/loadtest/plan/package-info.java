/** The parameters of a load run, and the profiles that set them. */
@NullMarked
package io.dorami.loadtest.plan;

import org.jspecify.annotations.NullMarked;
