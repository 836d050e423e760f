/** SRS: its hooks and API as records, deferred changes, and reconciliation with SRS's list. */
@NullMarked
package io.dorami.stream.srs;

import org.jspecify.annotations.NullMarked;
