/**
 * Groups and their offsets.
 *
 * <p>A handler knows what each version of its API means, resolves topics against the cluster's
 * image and hands over to {@link dev.millrace.coordinator.group.GroupCoordinator}, which answers
 * from the turns of the group's owner. {@code Elections} tells the coordinator which partitions of
 * {@code __consumer_offsets} this node leads, {@link dev.millrace.broker.group.GroupHandlers} puts
 * it all together.
 */
@NullMarked
package dev.millrace.broker.group;

import org.jspecify.annotations.NullMarked;
