/**
 * Scheduling as a port: state has one owner, work comes to it, the owner is stepped.
 *
 * <p>{@link dev.millrace.base.turns.Turns} is one owner's queue: tasks run one at a time, in the
 * order in which they came. In production an owner is a thread ({@link
 * dev.millrace.base.turns.ThreadTurns}) or an event loop; in a simulation all owners are stepped by
 * one thread from one seed. Nothing above creates a thread or waits on a lock for long.
 */
@NullMarked
package dev.millrace.base.turns;

import org.jspecify.annotations.NullMarked;
