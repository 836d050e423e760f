/**
 * Connections and the rooms that they subscribe to, divided over the event loops. Independent of room types and events.
 */
@NullMarked
package io.dorami.gateway.hub;

import org.jspecify.annotations.NullMarked;
