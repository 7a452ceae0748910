/**
 * The dead-letter queue of share groups (KIP-1191): a topic where a group's records go that its
 * members gave up or that were delivered too often.
 *
 * <p>In come runs of offsets of a partition of this node, whose end is saved with the share
 * coordinator already ({@link dev.millrace.broker.deadletter.DeadLetterQueue#write}); out go
 * batches to a partition of the topic that the group names, and a call when all is there or can't
 * get there. {@link dev.millrace.broker.deadletter.DeadLetterRules} says where they go, {@link
 * dev.millrace.broker.deadletter.SourceRecords} reads what is to be copied, {@link
 * dev.millrace.broker.deadletter.LetterBatch} makes the batches, {@link
 * dev.millrace.broker.deadletter.DeadLetterLog} is the way to the partition, wherever it is led.
 *
 * <p>It knows nothing of members and states. Threads: it reads and builds with {@link
 * dev.millrace.replica.DiskWork}, and waits between attempts on an owner that blocks on nothing. A
 * share partition has one write on its way, with at most the offsets of its window.
 */
@NullMarked
package dev.millrace.broker.deadletter;

import org.jspecify.annotations.NullMarked;
