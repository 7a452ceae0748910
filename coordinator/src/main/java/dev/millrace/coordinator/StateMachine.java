package dev.millrace.coordinator;

import dev.millrace.wire.ErrorCode;

/**
 * What lives on one partition of an internal topic. All methods are called in the turns of the
 * partition's owner.
 */
public interface StateMachine {
  /**
   * Takes in what is committed at one offset: the only way in which lasting state changes, called
   * both while loading and live, in the order of offsets. Kinds that it does not know are skipped.
   */
  void apply(CoordinatorLog.Entry entry);

  /** Everything is applied: deadlines start now, commands follow. */
  void loaded();

  /**
   * The partition has another owner now: answers everybody who waits, and forgets all deadlines.
   */
  void unloaded(ErrorCode error);
}
