package dev.millrace.log;

/** How far a step of a compaction has brought it. */
public sealed interface CleaningStep {
  /**
   * There is more to do.
   *
   * @param bytesMoved read and written in this step
   */
  record More(long bytesMoved) implements CleaningStep {}

  /**
   * All is done.
   *
   * @param bytesBefore of the segments that were gone over
   * @param bytesAfter of those that took their place
   * @param keys that were noted
   */
  record Done(long bytesBefore, long bytesAfter, long keys) implements CleaningStep {}

  /** The log was changed by someone else, or closed; what is left can be tried again at once. */
  record Overtaken() implements CleaningStep {}

  /**
   * The log can't be compacted as it is, or the disk has no room.
   *
   * @param why for people
   */
  record Failed(String why) implements CleaningStep {}
}
