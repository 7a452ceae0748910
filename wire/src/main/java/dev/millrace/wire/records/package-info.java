/**
 * Record batches, format version 2, as they lie on the wire and on disk.
 *
 * <p>Owns the layout of a batch and of the records in it. A batch is looked at where it lies:
 * {@link dev.millrace.wire.records.RecordBatch} is a view of a buffer, its offset and epoch are
 * rewritten in place. It knows no file, no partition and no clock. Views and builders belong to one
 * thread. Bytes that are not a batch end in a {@link
 * dev.millrace.wire.records.CorruptRecordsException}. Start reading at {@link
 * dev.millrace.wire.records.RecordBatch}; the format is drawn in {@code
 * docs/formats/record-batch.md}.
 */
@NullMarked
package dev.millrace.wire.records;

import org.jspecify.annotations.NullMarked;
