/** product-service: configuration and metrics. */
@NullMarked
package io.dorami.product;

import org.jspecify.annotations.NullMarked;
