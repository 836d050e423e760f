/** Tests of the web pages in a browser. */
@NullMarked
package io.dorami.endtoend.pages;

import org.jspecify.annotations.NullMarked;
