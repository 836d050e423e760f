/** Error codes, close codes, and the exception that carries one to the client. */
@NullMarked
package io.dorami.contracts.errors;

import org.jspecify.annotations.NullMarked;
