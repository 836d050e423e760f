/**
 * Signatures with a shared secret: HMAC-SHA256, access tokens and payment callbacks. Plain Java, used by the services,
 * the launcher and the load tool.
 */
@NullMarked
package io.dorami.signing;

import org.jspecify.annotations.NullMarked;
