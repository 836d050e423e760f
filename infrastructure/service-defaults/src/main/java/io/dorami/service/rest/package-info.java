/** The response envelope of the REST API and the mapping of exceptions to it. */
@NullMarked
package io.dorami.service.rest;

import org.jspecify.annotations.NullMarked;
