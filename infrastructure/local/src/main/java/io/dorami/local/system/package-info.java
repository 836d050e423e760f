/** The parts of the local system: services, ports, secrets, environment and data folder. */
@NullMarked
package io.dorami.local.system;

import org.jspecify.annotations.NullMarked;
