/** PostgreSQL: the critical and the bulk pool, their bounds and health. */
@NullMarked
package io.dorami.service.database;

import org.jspecify.annotations.NullMarked;
