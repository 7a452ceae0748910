/**
 * What coordinators of all kinds need of a node: {@link
 * dev.millrace.broker.coordinator.CoordinatorTopic} makes their topic when somebody first asks,
 * {@link dev.millrace.broker.coordinator.Elections} tells them which partitions they lead, {@link
 * dev.millrace.broker.coordinator.PartitionCoordinatorLog} is a partition as their log, and
 * FindCoordinator says where they are.
 *
 * <p>It knows no group and no transaction; each kind gives a {@link
 * dev.millrace.broker.coordinator.CoordinatorKind}.
 */
@NullMarked
package dev.millrace.broker.coordinator;

import org.jspecify.annotations.NullMarked;
