/** The notices of the platform: the line on every page, and the list behind the live page's button. */
@NullMarked
package io.dorami.stream.notices;

import org.jspecify.annotations.NullMarked;
