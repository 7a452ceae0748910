/**
 * The generator of protocol messages.
 *
 * <p>In: JSON specifications on the class path (they ship inside Kafka's jars). Out: one Java file
 * a message, and the index of API keys. Start reading at {@link dev.millrace.wiregen.Generate}.
 */
@NullMarked
package dev.millrace.wiregen;

import org.jspecify.annotations.NullMarked;
