/**
 * Share groups: their records, their acknowledgements and what is remembered of both (KIP-932).
 *
 * <p>A member opens a session with each leader ({@link dev.millrace.broker.share.ShareSessions})
 * and fetches within it. {@code SharedPartition} is one partition as one group reads it: the pure
 * {@link dev.millrace.replica.share.SharePartition}, guarded by a lock, with its timer, with those
 * who wait for records, and with its state at the share coordinator, which it reads when it is
 * first asked for and writes before any acknowledgement takes effect. {@code StateStore} is the way
 * to that coordinator.
 *
 * <p>The same package serves the coordinator's own APIs and follows the cluster for it ({@code
 * ShareElections}). {@link dev.millrace.broker.share.ShareHandlers} puts it all together.
 */
@NullMarked
package dev.millrace.broker.share;

import org.jspecify.annotations.NullMarked;
