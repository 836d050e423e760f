/** Moderation over REST. */
@NullMarked
package io.dorami.chat.api;

import org.jspecify.annotations.NullMarked;
