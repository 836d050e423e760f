/** Who may publish, and what is live: {@link io.dorami.stream.StreamRules} decides, SRS's hooks and the REST calls ask. */
@NullMarked
package io.dorami.stream;

import org.jspecify.annotations.NullMarked;
