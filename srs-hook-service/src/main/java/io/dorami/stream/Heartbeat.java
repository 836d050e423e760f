package io.dorami.stream;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * SRS says that it is there.
 *
 * @param deviceId carries the secret: SRS drops the query of its heartbeat's address
 */
public record Heartbeat(@JsonProperty("device_id") @Nullable String deviceId) {}
