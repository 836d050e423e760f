/**
 * Signatures with a shared secret: access tokens and payment callbacks. Plain Java, for services, launcher and
 * load tool.
 */
@NullMarked
package io.dorami.signing;

import org.jspecify.annotations.NullMarked;
