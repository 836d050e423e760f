/** The REST calls of the platform's web client. */
@NullMarked
package io.dorami.endtoend.webclient;

import org.jspecify.annotations.NullMarked;
