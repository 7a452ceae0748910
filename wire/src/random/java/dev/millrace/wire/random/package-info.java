/**
 * Random messages for tests, of this room and of others that have generated messages. Never
 * shipped.
 */
@NullMarked
package dev.millrace.wire.random;

import org.jspecify.annotations.NullMarked;
