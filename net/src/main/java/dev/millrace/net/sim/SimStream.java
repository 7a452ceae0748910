package dev.millrace.net.sim;

import dev.millrace.base.turns.Turns;
import java.util.ArrayDeque;

/** One direction of a connection: what is sent arrives in order, later, or once a cut is healed. */
final class SimStream {
  private final SimNetwork network;
  private final int from;
  private final int to;
  private final Turns receiver;
  private final ArrayDeque<Runnable> underWay = new ArrayDeque<>();
  private int heldUp;

  SimStream(SimNetwork network, int from, int to, Turns receiver) {
    this.network = network;
    this.from = from;
    this.to = to;
    this.receiver = receiver;
  }

  /** Lets {@code arrival} happen in a turn of the receiver. */
  void send(Runnable arrival) {
    underWay.add(arrival);
    receiver.after(network.delayMs(), this::arrive);
  }

  /** The cut is healed, perhaps. */
  void resume() {
    for (; heldUp > 0; heldUp--) {
      receiver.after(network.delayMs(), this::arrive);
    }
  }

  private void arrive() {
    if (network.isCut(from, to)) {
      heldUp++;
    } else {
      underWay.remove().run();
    }
  }
}
