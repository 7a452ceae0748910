/**
 * The side files of a segment by which offsets, times and aborted transactions are found.
 *
 * <p>Owns three formats of Apache Kafka: {@code .index}, {@code .timeindex} and {@code .txnindex}.
 * All are {@link dev.millrace.log.index.EntryFile}s: entries of one size, sorted, appended only.
 * The newest entries are in memory until there are enough for one write; the others stay in the
 * file and are read where they lie, so that an old segment costs no heap. Files are opened when
 * they are needed. An index never says more than its log: it can be dropped and built again.
 *
 * <p>One writer at a time (the partition's lock); readers take no lock and may run beside it.
 */
@NullMarked
package dev.millrace.log.index;

import org.jspecify.annotations.NullMarked;
