/** The cleaning of texts that users write and other users see. */
@NullMarked
package io.dorami.service.text;

import org.jspecify.annotations.NullMarked;
