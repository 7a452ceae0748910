package dev.millrace.coordinator.group;

/**
 * What depends on the version of a JoinGroup request.
 *
 * @param memberIdRequired whether a new member gets its id first and joins with it then (KIP-394)
 * @param skipAssignmentKnown whether a leader can be told to keep the assignment (KIP-814)
 */
public record JoinRules(boolean memberIdRequired, boolean skipAssignmentKnown) {}
