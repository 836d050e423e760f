/** PostgreSQL and Redis as local processes. */
@NullMarked
package io.dorami.local.stores;

import org.jspecify.annotations.NullMarked;
