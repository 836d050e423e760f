/** SRS: its hooks and API as records, and reconciliation with what it has. */
@NullMarked
package io.dorami.stream.srs;

import org.jspecify.annotations.NullMarked;
