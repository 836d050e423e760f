/**
 * The contracts between services, in plain Java: JSON mapping and the signed-in user. The packages below define Redis
 * keys, commands, events, errors and routes. The code does no I/O.
 */
@NullMarked
package io.dorami.contracts;

import org.jspecify.annotations.NullMarked;
