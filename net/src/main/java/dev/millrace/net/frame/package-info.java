/**
 * Bytes of a socket and frames: cutting, gathering, and the memory for both.
 *
 * <p>Picture of a frame: {@code int32 size, size bytes}, big-endian; the size does not count
 * itself.
 *
 * <p>Who owns which buffer. A loop has one inbound scratch buffer: a read goes there first, and
 * frames that arrived whole are lent to the handler from it, without a copy. What is left of a
 * frame moves to a block of the loop's {@link dev.millrace.net.frame.BlockPool}, the rest of the
 * frame is read straight into that block, and the handler sees the block. A connection that waits
 * for its next frame holds no buffer at all. All blocks of all loops together stay within one
 * {@link dev.millrace.net.frame.MemoryBudget}; blocks belong to their loop's thread, and their
 * memory refuses every other one. Replies belong to {@link dev.millrace.net.frame.FrameOutput}
 * until they are written: what is small or on the heap is gathered in the loop's outbound scratch
 * buffer and leaves with one system call, large direct memory leaves from where it lies, and
 * regions of files go from the page cache to the socket.
 *
 * <p>Everything here runs on one loop; only the budget is shared. The channel is any byte channel:
 * a channel that encrypts would go between socket and frames, and nothing here would notice.
 */
@NullMarked
package dev.millrace.net.frame;

import org.jspecify.annotations.NullMarked;
