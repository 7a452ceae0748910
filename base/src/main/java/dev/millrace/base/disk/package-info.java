/**
 * The disk as a port: files with positions, directories, renames and the syncs that make them last.
 *
 * <p>{@link dev.millrace.base.disk.FileDisk} is the machine's disk; a simulated disk loses, tears
 * and reorders what was not synced. What a crash keeps: bytes of a file up to its last successful
 * {@link dev.millrace.base.disk.DiskFile#sync()}; directory entries (creations, renames, deletions)
 * up to the last {@link dev.millrace.base.disk.Disk#syncDirectory}. A {@link
 * dev.millrace.base.disk.BlockFile} is written past the page cache: what it took lasts. Faults are
 * {@link dev.millrace.base.disk.DiskException}, unchecked; a failed sync must never be retried as
 * if it had worked.
 */
@NullMarked
package dev.millrace.base.disk;

import org.jspecify.annotations.NullMarked;
