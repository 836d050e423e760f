/** Events, commands and replies over Redis: event bus, inbox, partition leases and the transactional outbox. */
@NullMarked
package io.dorami.service.messaging;

import org.jspecify.annotations.NullMarked;
