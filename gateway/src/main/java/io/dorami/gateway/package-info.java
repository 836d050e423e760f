/**
 * The edge gateway: its configuration, metrics and identity. Each package below has one role, and no two packages
 * depend on each other.
 */
@NullMarked
package io.dorami.gateway;

import org.jspecify.annotations.NullMarked;
