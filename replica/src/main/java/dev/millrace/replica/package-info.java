/**
 * Copies of partitions.
 *
 * <p>{@link dev.millrace.replica.Partitions} are those of this node, kept as the cluster's image
 * says; {@link dev.millrace.replica.Partition} is one of them for whoever appends, reads and waits.
 * What a node is to it is in {@code Role}: a leader knows its {@code Followers}, proposes in-sync
 * sets through {@link dev.millrace.replica.InSyncChanges} and moves the {@code HighWatermark}; a
 * follower has a {@link dev.millrace.replica.Following}, which {@link dev.millrace.replica.Copier}
 * is given.
 *
 * <p>It knows nothing of requests, connections and coordinators. A partition has one short lock,
 * taken after that of a {@code Following} and before that of the log; nothing is called out while
 * it is held, but for readers that only count. Start reading at {@code Partition}, then {@code
 * Role}.
 */
@NullMarked
package dev.millrace.replica;

import org.jspecify.annotations.NullMarked;
