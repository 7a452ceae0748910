/**
 * The share coordinator: keeps how far share groups are with the partitions that they read, as it
 * lies on {@code __share_group_state} (KIP-932).
 *
 * <p>{@link dev.millrace.coordinator.share.ShareCoordinator} is the way in, from any thread: it
 * finds the partition of a key (group, topic, partition) and hands a command to that partition's
 * owner. Behind it, {@code ShareMachine} holds the states of one partition of the topic. A state is
 * a snapshot and the updates since; epochs keep out writers of a former state and former leaders of
 * the partition that is read.
 *
 * <p>It knows no group members and no deliveries: those who lead the partitions that are read
 * decide, it remembers. Start reading at {@link dev.millrace.coordinator.share.ShareState}.
 */
@NullMarked
package dev.millrace.coordinator.share;

import org.jspecify.annotations.NullMarked;
