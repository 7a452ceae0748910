package dev.millrace.client.call;

import java.util.function.Consumer;

/**
 * Counts the rounds of something that begins anew from time to time: what comes late of a round
 * that is over is not listened to. In turns.
 */
public final class Rounds {
  private int round;

  /** The round of now is over. */
  public void next() {
    round++;
  }

  /** Done only while the round of now goes on. */
  public Runnable ofThis(Runnable work) {
    int mine = round;
    return () -> {
      if (mine == round) {
        work.run();
      }
    };
  }

  /** Heard only while the round of now goes on. */
  public <T> Consumer<T> ofThis(Consumer<T> heard) {
    int mine = round;
    return said -> {
      if (mine == round) {
        heard.accept(said);
      }
    };
  }
}
