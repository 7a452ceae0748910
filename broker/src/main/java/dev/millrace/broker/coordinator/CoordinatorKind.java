package dev.millrace.broker.coordinator;

import dev.millrace.coordinator.Coordinator;

/**
 * A kind of coordinator that clients can look for.
 *
 * @param id its number in FindCoordinator: 0 groups, 1 transactions, 2 share groups
 * @param topic on which it lives
 */
public record CoordinatorKind(byte id, CoordinatorTopic topic, Coordinator coordinator) {}
