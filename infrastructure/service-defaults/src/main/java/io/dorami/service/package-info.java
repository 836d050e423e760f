/**
 * What all five services share: Redis, tokens, errors, health. A service adds its rules and its I/O.
 */
@NullMarked
package io.dorami.service;

import org.jspecify.annotations.NullMarked;
