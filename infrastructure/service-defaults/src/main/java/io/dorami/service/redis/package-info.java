/** Redis: Lua scripts, requests in order over one connection, and the health check. */
@NullMarked
package io.dorami.service.redis;

import org.jspecify.annotations.NullMarked;
