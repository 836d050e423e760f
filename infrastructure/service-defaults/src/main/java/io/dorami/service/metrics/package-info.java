/** Metrics that every service has: histograms, descriptions, memory and event loops. */
@NullMarked
package io.dorami.service.metrics;

import org.jspecify.annotations.NullMarked;
