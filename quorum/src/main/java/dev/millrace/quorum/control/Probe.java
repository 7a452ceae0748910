package dev.millrace.quorum.control;

import dev.millrace.quorum.image.BrokerImage;

/**
 * Looks whether the process of a broker is there, so that the active controller need not wait for a
 * session to end whose process was killed. What is found out says only that a broker is gone, never
 * that it is well.
 */
@FunctionalInterface
public interface Probe {
  /** Finds nothing out: sessions alone count. */
  Probe NONE = (broker, gone) -> {};

  /**
   * Looks once, without waiting; in a turn of the controller's owner.
   *
   * @param gone run, in any thread, when nobody listens any more where this broker was once found;
   *     not run when it is there, nor when that cannot be told
   */
  void look(BrokerImage broker, Runnable gone);
}
