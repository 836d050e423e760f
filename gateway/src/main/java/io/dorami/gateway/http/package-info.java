/** The API proxy and HTTP server settings. */
@NullMarked
package io.dorami.gateway.http;

import org.jspecify.annotations.NullMarked;
