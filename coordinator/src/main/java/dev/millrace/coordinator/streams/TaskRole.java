package dev.millrace.coordinator.streams;

/** What a member does with a task. */
public enum TaskRole {
  /** Works on it; one member of the group at most. */
  ACTIVE,
  /** Keeps a copy of its state, to take over quickly. */
  STANDBY,
  /** Builds its state, to work on it soon. */
  WARMUP
}
