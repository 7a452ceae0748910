/**
 * Shows what lies in the files of a partition, entry by entry, and says what is wrong with them.
 *
 * <p>Reads one file at a time through the {@link dev.millrace.base.disk.Disk} port and never
 * writes; it may look at the files of a running node. The kind of a file follows from its name. The
 * pictures of the bytes are in {@code docs/formats/}.
 */
@NullMarked
package dev.millrace.server.dump;

import org.jspecify.annotations.NullMarked;
