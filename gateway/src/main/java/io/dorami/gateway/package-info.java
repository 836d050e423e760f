/**
 * The edge gateway: its configuration, metrics and identity. Each package below has one role; none depends on a
 * package that depends on it.
 */
@NullMarked
package io.dorami.gateway;

import org.jspecify.annotations.NullMarked;
