/** Pure rules: which messages are accepted, how text is cleaned, and which messages a history shows. */
@NullMarked
package io.dorami.chat.rules;

import org.jspecify.annotations.NullMarked;
