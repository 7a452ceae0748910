/**
 * Share groups as values (KIP-932): what a group is, what its records mean, and what follows from a
 * heartbeat.
 *
 * <p>A {@link dev.millrace.coordinator.sharegroup.ShareGroup} is immutable and is changed by
 * records alone. A {@link dev.millrace.coordinator.sharegroup.ShareDraft} holds records that are
 * decided and not written yet, and shows the group as they make it; {@link
 * dev.millrace.coordinator.sharegroup.ShareMembership} fills it.
 *
 * <p>Members of a share group need not let partitions go before others get them, so a member is
 * given its whole target with its next heartbeat. A partition is given out only when the share
 * coordinator has a state for it: {@link dev.millrace.coordinator.sharegroup.ShareStatesKnown} says
 * which have.
 *
 * <p>It owns record kinds 10 to 15, knows no clock, no timer and no other kind of group.
 */
@NullMarked
package dev.millrace.coordinator.sharegroup;

import org.jspecify.annotations.NullMarked;
