/**
 * How the records of a batch are compressed.
 *
 * <p>Owns the list of codecs. It knows no batch and no broker.
 */
@NullMarked
package dev.millrace.wire.compress;

import org.jspecify.annotations.NullMarked;
