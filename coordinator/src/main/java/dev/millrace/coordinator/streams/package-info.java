/**
 * Streams groups (KIP-1071) as values: what a group is, what its records mean, and what follows
 * from a heartbeat.
 *
 * <p>A streams group gives out tasks instead of partitions. Its first member brings the topology;
 * {@link dev.millrace.coordinator.streams.Layout} is what the topology means with the topics that
 * there are: how many tasks each subtopology has, and which internal topics are missing. A {@link
 * dev.millrace.coordinator.streams.StreamsGroup} is immutable and is changed by records alone:
 * {@code group.with(key, value)}. {@link dev.millrace.coordinator.streams.StreamsMembership}
 * decides who is in it, {@link dev.millrace.coordinator.streams.StreamsRound} what follows from
 * heartbeats; what they decide goes into a {@link dev.millrace.coordinator.streams.StreamsDraft},
 * which shows the group as it will be once the records are committed.
 *
 * <pre>
 *   group epoch       members, the topology or its topics changed
 *      |  TaskAssigning, by {@link dev.millrace.coordinator.streams.StickyAssignor}
 *   assignment epoch  the target of every member is known
 *      |  TaskReconciliation, member by member, with its heartbeats
 *   member epoch      the member has let go what it must, and has got what is free
 * </pre>
 *
 * It owns record kinds 17 and 19 to 23, knows no clock, no timer and no other kind of group. Start
 * reading at {@code StreamsRound}.
 */
@NullMarked
package dev.millrace.coordinator.streams;

import org.jspecify.annotations.NullMarked;
