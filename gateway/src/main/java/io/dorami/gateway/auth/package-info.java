/** Authentication of clients, and the limits on connections and requests. */
@NullMarked
package io.dorami.gateway.auth;

import org.jspecify.annotations.NullMarked;
