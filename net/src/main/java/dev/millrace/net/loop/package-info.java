/**
 * Event loops: one thread, one selector, one queue of turns each.
 *
 * <p>A loop waits for sockets, tasks and timeouts, and steps whatever comes: first the sockets that
 * are ready, then the tasks that were submitted, then the timeouts that are due. Everything that is
 * attached to a loop is touched in its turns only. A fault of one socket closes that socket and
 * never the loop. Start reading at {@link dev.millrace.net.loop.EventLoop}.
 */
@NullMarked
package dev.millrace.net.loop;

import org.jspecify.annotations.NullMarked;
