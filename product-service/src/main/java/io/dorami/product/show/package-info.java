/** The shows, as srs-hook-service reports them: their owners, co-hosts, titles and terms, and who may sell in them. */
@NullMarked
package io.dorami.product.show;

import org.jspecify.annotations.NullMarked;
