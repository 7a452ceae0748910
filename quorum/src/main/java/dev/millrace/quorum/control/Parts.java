package dev.millrace.quorum.control;

import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Message;
import java.util.ArrayList;
import java.util.List;

/** Divides the records of a decision into batches that the log can take. */
final class Parts {
  /** Most bytes of records that are committed together. */
  static final int BYTES_MAX = 4 << 20;

  private Parts() {}

  /**
   * The records in their order, in as few parts as can be.
   *
   * @throws RefusedException when they are too many bytes and must stay together
   */
  static List<List<Message>> of(Decision<?> decision) {
    List<List<Message>> parts = new ArrayList<>(1);
    List<Message> part = new ArrayList<>();
    long bytes = 0;
    for (Message record : decision.records()) {
      int size = record.size(record.highestVersion());
      if (bytes + size > BYTES_MAX && !part.isEmpty()) {
        parts.add(part);
        part = new ArrayList<>();
        bytes = 0;
      }
      part.add(record);
      bytes += size;
    }
    if (!part.isEmpty()) {
      parts.add(part);
    }
    if (parts.size() > 1 && !decision.divisible()) {
      throw new RefusedException(
          ErrorCode.POLICY_VIOLATION,
          "too much is changed at once, ask for it in several requests, bytesMax=" + BYTES_MAX);
    }
    return parts;
  }
}
