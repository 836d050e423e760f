/** Client requests, inbox messages of the services, and replies. */
@NullMarked
package io.dorami.contracts.commands;

import org.jspecify.annotations.NullMarked;
