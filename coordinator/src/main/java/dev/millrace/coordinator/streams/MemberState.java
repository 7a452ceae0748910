package dev.millrace.coordinator.streams;

/** How far a member is on its way to its target. */
public enum MemberState {
  /** It has its target of its epoch. */
  STABLE(0),
  /** It has to let tasks go, and stays in its epoch until it says that it has. */
  UNREVOKED_TASKS(1),
  /** It is in the target's epoch, and waits for tasks that others have not let go. */
  UNRELEASED_TASKS(2),
  /** A later release wrote something else: the member has to start anew. */
  UNKNOWN(127);

  private final byte number;

  MemberState(int number) {
    this.number = (byte) number;
  }

  /** Its number in records. */
  byte number() {
    return number;
  }

  static MemberState of(byte number) {
    for (MemberState state : values()) {
      if (state.number == number) {
        return state;
      }
    }
    return UNKNOWN;
  }
}
