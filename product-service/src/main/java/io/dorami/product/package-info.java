/** product-service: configuration, metrics and the transactional outbox. */
@NullMarked
package io.dorami.product;

import org.jspecify.annotations.NullMarked;
