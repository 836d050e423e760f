/** Results of the runs as JSON, text and HTML. */
@NullMarked
package io.dorami.loadtest.report;

import org.jspecify.annotations.NullMarked;
