/**
 * The contracts between services, in plain Java: JSON mapping and the signed-in user; Redis keys, commands,
 * events, errors and routes in the packages below. Nothing here does I/O.
 */
@NullMarked
package io.dorami.contracts;

import org.jspecify.annotations.NullMarked;
