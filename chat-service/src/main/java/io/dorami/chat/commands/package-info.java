/** Handles chat commands from the inbox, and moderation. */
@NullMarked
package io.dorami.chat.commands;

import org.jspecify.annotations.NullMarked;
