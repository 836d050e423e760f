/** The people whom the owner of a stream named: co-hosts and moderators, with their audit. */
@NullMarked
package io.dorami.stream.staff;

import org.jspecify.annotations.NullMarked;
