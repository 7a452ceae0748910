/** Speaks the protocol to a broker: calls, metadata, produce, consume, admin. */
@NullMarked
package dev.millrace.client;

import org.jspecify.annotations.NullMarked;
