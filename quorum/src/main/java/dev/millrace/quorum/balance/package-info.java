/**
 * Evens out a cluster: which partitions should move, and why.
 *
 * <p>{@link dev.millrace.quorum.balance.Balancer} is a pure function from an image and the load of
 * each partition to a {@link dev.millrace.quorum.balance.BalancePlan}: nothing is moved here, so
 * that a plan can be shown to people before it is carried out as {@link
 * dev.millrace.quorum.control.AlterReassignments}. The same input gives the same plan. Movement is
 * bounded; what a plan leaves undone the next one does, when its moves are complete.
 */
@NullMarked
package dev.millrace.quorum.balance;

import org.jspecify.annotations.NullMarked;
