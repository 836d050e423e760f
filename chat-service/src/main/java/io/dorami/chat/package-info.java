/** Decides what is said in chat rooms: {@link io.dorami.chat.ChatRules} without I/O, {@link io.dorami.chat.ChatService} around it. */
@NullMarked
package io.dorami.chat;

import org.jspecify.annotations.NullMarked;
