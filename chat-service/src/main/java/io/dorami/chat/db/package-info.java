/** Moderation in PostgreSQL: rooms, restrictions and the audit. */
@NullMarked
package io.dorami.chat.db;

import org.jspecify.annotations.NullMarked;
