/**
 * The event-sourced runtime of everything that coordinates: one state machine a partition of an
 * internal topic.
 *
 * <p>{@link dev.millrace.coordinator.PartitionCoordinator} owns one partition: it loads the log
 * into a {@link dev.millrace.coordinator.StateMachine}, lets commands decide, appends what they
 * decided, and applies it once it is committed. Applying a record is the only way in which lasting
 * state changes, live and while loading alike, so the state in memory is always what a new leader
 * would load. Replies leave after the commit.
 *
 * <p>In come commands and committed bytes; out go appends through the port {@link
 * dev.millrace.coordinator.CoordinatorLog}. It knows no group, no file, no replica and no thread:
 * everything of one partition happens in the turns of its owner. Limits: {@link
 * dev.millrace.coordinator.Lane#WAITING_MAX} commands wait in a lane; a batch is at most as large
 * as the log takes. Start reading at {@link dev.millrace.coordinator.PartitionCoordinator}.
 */
@NullMarked
package dev.millrace.coordinator;

import org.jspecify.annotations.NullMarked;
