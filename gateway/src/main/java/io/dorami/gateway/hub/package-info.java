/**
 * Connections and the rooms that they subscribe to, divided over the event loops. Knows neither kinds of room nor
 * events.
 */
@NullMarked
package io.dorami.gateway.hub;

import org.jspecify.annotations.NullMarked;
