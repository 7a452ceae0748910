/**
 * Groups of all kinds and committed offsets, as they live on {@code __consumer_offsets}.
 *
 * <p>{@link dev.millrace.coordinator.group.GroupCoordinator} is the way in, from any thread: it
 * finds the partition of a group and hands a command to that partition's owner. Behind it, {@code
 * GroupMachine} holds the groups and offsets of one partition; each request has its command ({@code
 * Joins}, {@code Syncs}, …); {@code Rebalances} is how a group gets from one generation to the
 * next. {@code ConsumerGroups} holds the groups of the consumer protocol, whose rules stand in
 * {@link dev.millrace.coordinator.consumer}; {@code ConsumerHeartbeats} is their command, {@code
 * ClassicMembers} serves members of the classic protocol in them, {@code Migrations} takes a group
 * from one protocol to the other. {@code ShareGroups} and {@code StreamsGroups} hold the groups of
 * those kinds, whose rules stand in {@link dev.millrace.coordinator.sharegroup} and {@link
 * dev.millrace.coordinator.streams}.
 *
 * <p>Offsets that a producer's transaction brings count from its marker on: {@code OffsetStore}
 * keeps them until then, {@code OpenEnds} sees to it that none comes behind the marker.
 *
 * <p>It owns the meaning of record kinds 0, 1 and 2, leaves those of other groups to their packages
 * and all others as they are. It knows no API versions, no connections and no cluster metadata: the
 * caller resolves topics and checks rights. Limits come from {@link
 * dev.millrace.coordinator.group.GroupSettings}.
 */
@NullMarked
package dev.millrace.coordinator.group;

import org.jspecify.annotations.NullMarked;
