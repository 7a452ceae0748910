/**
 * Transactions: their handlers, and how markers and questions get from coordinators to partitions
 * and back.
 *
 * <p>A handler knows what each version of its API means and hands over to {@link
 * dev.millrace.coordinator.transaction.TransactionCoordinator}. Two ports are there so that the
 * other side may be on another node: {@link dev.millrace.broker.data.Enlisting}, by which the
 * leader of a partition asks the coordinator of a transaction, and {@link
 * dev.millrace.coordinator.transaction.Markers}, by which the coordinator reaches the leaders. On
 * one node {@code CoordinatorEnlisting} and {@code LocalMarkers} are both sides. {@link
 * dev.millrace.broker.transaction.TransactionHandlers} puts it all together.
 */
@NullMarked
package dev.millrace.broker.transaction;

import org.jspecify.annotations.NullMarked;
