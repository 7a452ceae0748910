/**
 * What the registry knows: subjects and their versions, ids, settings and modes, as an immutable
 * value that is built by applying the records of {@code _schemas} in their order.
 *
 * <p>Owns the rules of what a record changes; knows neither the bytes of records nor who asks.
 * Values are immutable and safe for any thread. Start reading at {@link
 * dev.millrace.registry.image.Image}.
 */
@NullMarked
package dev.millrace.registry.image;

import org.jspecify.annotations.NullMarked;
