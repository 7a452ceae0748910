/**
 * The alphabet of the Kafka protocol: how a primitive, a string, an array, a tagged field lies on
 * the wire.
 *
 * <p>Owns {@link dev.millrace.wire.WireReader} and {@link dev.millrace.wire.WireWriter}, the error
 * codes and the interface of all messages. The messages themselves are generated into {@code
 * dev.millrace.wire.message} from the JSON specifications that ship with Kafka's clients. It knows
 * no broker and no socket. Everything here is a value or belongs to one thread. What comes in is
 * checked before memory is taken for it; what is wrong ends in a {@link
 * dev.millrace.wire.WireException}. Start reading at {@link dev.millrace.wire.Message}.
 */
@NullMarked
package dev.millrace.wire;

import org.jspecify.annotations.NullMarked;
