package dev.millrace.broker.forward;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.broker.AppliedMetadata;
import dev.millrace.broker.Call;
import dev.millrace.broker.topic.Deadline;
import dev.millrace.net.Connection;
import dev.millrace.wire.WireWriter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.function.IntSupplier;

/**
 * Passes requests of clients that change the cluster on to the active controller, and relays its
 * answers. An answer waits until this node acts on what was changed, so that the client can use it
 * here at once. Safe for any thread.
 */
public final class Forwarding {
  /** Longest time that an answer waits for this node to hear of the change. */
  static final long APPLY_MS_MAX = 5_000;

  private static final Logger LOG = System.getLogger("dev.millrace.broker");

  private final int self;
  private final IntSupplier leader;
  private final Envelopes envelopes;
  private final AppliedMetadata applied;

  /**
   * @param self the id of this node
   * @param leader id of the node that leads the metadata, -1 while nobody does
   */
  public Forwarding(int self, IntSupplier leader, Envelopes envelopes, AppliedMetadata applied) {
    this.self = self;
    this.leader = leader;
    this.envelopes = envelopes;
    this.applied = applied;
  }

  /** Whether another node has to answer, or will have to. */
  public boolean isElsewhere() {
    return leader.getAsInt() != self;
  }

  /**
   * Passes a request on. The connection's next request waits for its answer.
   *
   * @param frame the request with its header
   * @param unanswered run when no controller answered in time, to say so
   */
  public void forward(Call call, Bytes frame, Runnable unanswered) {
    Connection connection = call.connection();
    call.holdNext();
    envelopes.send(
        frame,
        connection.peer(),
        answer -> {
          Runnable relay =
              new Deadline(connection.loop(), APPLY_MS_MAX, () -> relay(call, answer.frame()));
          applied.whenApplied(answer.offset(), relay);
        },
        fault -> {
          LOG.log(
              Level.WARNING,
              "request could not be passed on to the controller, api="
                  + call.key().title()
                  + ": "
                  + fault.getMessage());
          connection.loop().submit(unanswered);
        });
  }

  private static void relay(Call call, Bytes answer) {
    ByteBuffer frame = ByteBuffer.allocate(Integer.BYTES + answer.size());
    frame.putInt(answer.size());
    answer.putInto(frame);
    call.reply().send(new WireWriter(frame));
  }
}
