/** Tests, load and benchmark of chat and moderation. */
@NullMarked
package io.dorami.endtoend.chat;

import org.jspecify.annotations.NullMarked;
