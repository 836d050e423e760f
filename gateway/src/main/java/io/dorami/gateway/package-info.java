/**
 * The edge gateway: its configuration, metrics and identity. Each package below has one role, and their
 * dependencies have no cycle.
 */
@NullMarked
package io.dorami.gateway;

import org.jspecify.annotations.NullMarked;
