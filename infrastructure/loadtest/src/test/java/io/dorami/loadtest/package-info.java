@NullMarked
package io.dorami.loadtest;

import org.jspecify.annotations.NullMarked;
