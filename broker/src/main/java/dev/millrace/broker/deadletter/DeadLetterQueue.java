package dev.millrace.broker.deadletter;

import dev.millrace.base.time.Clock;
import dev.millrace.base.turns.Turns;
import dev.millrace.broker.ActiveController;
import dev.millrace.replica.DiskWork;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * Writes the dead letters of share groups. What can't be written is told in the log and given up,
 * so that a queue that does not work stops no group (KIP-1191). Safe for any thread.
 */
public final class DeadLetterQueue {
  private static final Logger LOG = System.getLogger("dev.millrace.broker");
  private static final long TOLD_AGAIN_MS = 10_000;

  private final Parts parts;
  private String told = "";
  private long toldMs;
  private long untold;

  /**
   * What it works with.
   *
   * @param turns where it waits between attempts; blocks on nothing
   */
  public record Parts(
      DeadLetterRules rules,
      DeadLetterLog log,
      ActiveController controller,
      DiskWork diskWork,
      Turns turns,
      Clock clock) {}

  public DeadLetterQueue(Parts parts) {
    this.parts = parts;
  }

  /**
   * Writes letters, in order.
   *
   * @param done called once when they are committed or given up, on any thread
   */
  public void write(Letters letters, Runnable done) {
    new LetterWrite(
            parts,
            letters,
            left -> {
              if (left != null) {
                tell(letters, left);
              }
              done.run();
            })
        .begin();
  }

  /** One and the same reason is told once in a while. */
  private synchronized void tell(Letters letters, LetterWrite.Left left) {
    String what = letters.groupId() + ": " + left.reason();
    long nowMs = parts.clock().monotonicMs();
    if (what.equals(told) && nowMs - toldMs < TOLD_AGAIN_MS) {
      untold += left.count();
      return;
    }
    LOG.log(
        Level.ERROR,
        "records of a share group are archived without a dead letter, group="
            + letters.groupId()
            + " topic="
            + letters.topic()
            + " partition="
            + letters.partition()
            + " firstOffset="
            + left.firstOffset()
            + " records="
            + left.count()
            + " reason="
            + left.reason()
            + (untold == 0 ? "" : "; not told of before: " + untold + " records"));
    told = what;
    toldMs = nowMs;
    untold = 0;
  }
}
