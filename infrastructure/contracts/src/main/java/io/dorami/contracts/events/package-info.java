/**
 * Events that clients receive, each with its name, room type and delivery class, and the frame that carries an event
 * through Redis.
 */
@NullMarked
package io.dorami.contracts.events;

import org.jspecify.annotations.NullMarked;
