/**
 * A partition as a share group sees it (KIP-932): which of its records are in delivery, to whom,
 * how often they were delivered before, and what is done with.
 *
 * <p>{@link dev.millrace.replica.share.SharePartition} decides: it acquires records for members,
 * takes acknowledgements, lets locks run out, and says what has to be saved. An acknowledgement
 * takes effect once it is saved. It is pure: time comes in as a number, records come in as the
 * ranges of the batches that were read, and what it wants saved goes out as a {@link
 * dev.millrace.replica.share.ShareWrite}. It knows no log, no request and no thread; whoever holds
 * it guards it with one lock.
 *
 * <p>Limits: a group has at most {@link dev.millrace.replica.share.ShareLimits#locksMax} offsets in
 * delivery, and at most one batch more. Memory goes by the runs of offsets that differ, not by
 * offsets.
 */
@NullMarked
package dev.millrace.replica.share;

import org.jspecify.annotations.NullMarked;
