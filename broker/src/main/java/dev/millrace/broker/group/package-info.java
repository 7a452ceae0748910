/**
 * Groups and their offsets: FindCoordinator and the classic group protocol.
 *
 * <p>A handler knows what each version of its API means, resolves topics against the cluster's
 * image and hands over to {@link dev.millrace.coordinator.group.GroupCoordinator}, which answers
 * from the turns of the group's owner. {@code Elections} tells the coordinator which partitions of
 * {@code __consumer_offsets} this node leads, {@code PartitionCoordinatorLog} is their log, {@code
 * OffsetsTopic} makes the topic when somebody first asks for a coordinator. {@link
 * dev.millrace.broker.group.GroupHandlers} puts it all together.
 */
@NullMarked
package dev.millrace.broker.group;

import org.jspecify.annotations.NullMarked;
