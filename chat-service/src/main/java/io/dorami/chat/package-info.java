/** chat-service: configuration and metrics. */
@NullMarked
package io.dorami.chat;

import org.jspecify.annotations.NullMarked;
