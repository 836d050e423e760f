/** Names: Redis keys, rooms, streams, partitions and log positions. */
@NullMarked
package io.dorami.contracts.keys;

import org.jspecify.annotations.NullMarked;
