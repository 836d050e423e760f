/**
 * Clients of the gateway that reconnect: the web client's Socket.IO library in Node.js, and a client of the JSON
 * protocol.
 */
@NullMarked
package io.dorami.endtoend.clients;

import org.jspecify.annotations.NullMarked;
