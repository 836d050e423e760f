/** The seller, buyers and viewers of a simulated show. */
@NullMarked
package io.dorami.local.demo;

import org.jspecify.annotations.NullMarked;
