/** The JSON protocol on {@code /ws}: endpoint, sessions and frame encoder. */
@NullMarked
package io.dorami.gateway.json;

import org.jspecify.annotations.NullMarked;
