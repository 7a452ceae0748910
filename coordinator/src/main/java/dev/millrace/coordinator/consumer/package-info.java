/**
 * Groups of the consumer protocol (KIP-848) as values: what a group is, what its records mean, and
 * what follows from a heartbeat.
 *
 * <p>A {@link dev.millrace.coordinator.consumer.ConsumerGroup} is immutable and is changed by
 * records alone: {@code group.with(key, value)}. {@link
 * dev.millrace.coordinator.consumer.Membership} decides what a request means; what it decides goes
 * into a {@link dev.millrace.coordinator.consumer.Draft}, which shows the group as it will be once
 * the records are committed. So several requests can be decided one after the other and written
 * together, and a draft that cannot be written is simply dropped.
 *
 * <pre>
 *   group epoch       members, their subscriptions or the topics changed
 *      |  Assigning, by an {@link dev.millrace.coordinator.consumer.Assignor}
 *   assignment epoch  the target of every member is known
 *      |  Reconciliation, member by member, with its heartbeats
 *   member epoch      the member has let go what it must, and has got what is free
 * </pre>
 *
 * It owns record kinds 3, 5, 6, 7, 8 and 16, knows no clock, no timer and no other kind of group.
 * Start reading at {@code Membership}.
 */
@NullMarked
package dev.millrace.coordinator.consumer;

import org.jspecify.annotations.NullMarked;
