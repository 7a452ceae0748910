package dev.millrace.quorum.control;

import dev.millrace.wire.Message;
import java.util.List;

/**
 * What a command comes to.
 *
 * @param records to append; empty when nothing changes
 * @param reply to give once they are committed
 * @param divisible whether they may be committed in parts when they are many: each part leaves the
 *     cluster in order, and the same command asked again does the rest
 */
public record Decision<R>(List<Message> records, Outcome<R> reply, boolean divisible) {
  /** All records or none. */
  public Decision(List<Message> records, Outcome<R> reply) {
    this(records, reply, false);
  }
}
