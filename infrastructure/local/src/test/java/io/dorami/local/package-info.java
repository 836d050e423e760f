@NullMarked
package io.dorami.local;

import org.jspecify.annotations.NullMarked;
