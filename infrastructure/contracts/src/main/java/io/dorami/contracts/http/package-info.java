/** The routes of the public API. */
@NullMarked
package io.dorami.contracts.http;

import org.jspecify.annotations.NullMarked;
