/** Access tokens, the current user, revocation and CSRF. */
@NullMarked
package io.dorami.service.security;

import org.jspecify.annotations.NullMarked;
