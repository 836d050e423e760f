/**
 * What the services agree on: names, records and codes. Plain Java, no framework; nothing here does I/O.
 */
@NullMarked
package io.dorami.contracts;

import org.jspecify.annotations.NullMarked;
