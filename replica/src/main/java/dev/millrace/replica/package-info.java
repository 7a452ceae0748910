/** Copies of a partition: leader, high watermark, waiting requests. */
@NullMarked
package dev.millrace.replica;

import org.jspecify.annotations.NullMarked;
