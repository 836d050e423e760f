/** Redis keys and the identifiers of rooms, streams, partitions and log positions. */
@NullMarked
package io.dorami.contracts.keys;

import org.jspecify.annotations.NullMarked;
