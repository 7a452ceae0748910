/**
 * How the records of a batch are compressed: gzip, snappy, lz4, zstd.
 *
 * <p>Owns the list of codecs with their levels, and the borders around the libraries that do the
 * work: input that cannot be decoded ends in a {@link
 * dev.millrace.wire.compress.CompressionException} whatever the library throws, and output has a
 * limit, so that a small input cannot take much memory. It knows no batch and no broker. Streams
 * belong to one thread. A library is loaded when its codec is first used. Start reading at {@link
 * dev.millrace.wire.compress.Codec}.
 */
@NullMarked
package dev.millrace.wire.compress;

import org.jspecify.annotations.NullMarked;
