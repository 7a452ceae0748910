package dev.millrace.client.consumer;

import dev.millrace.base.time.Clock;
import dev.millrace.client.ClientException;
import dev.millrace.client.call.Topology;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Says in the log why polls bring nothing, when there is a reason: no node answers, or a topic is
 * not there. The same words come again after a while only. Belongs to the polling thread.
 */
final class Complaints {
  private static final System.Logger LOG = System.getLogger("dev.millrace.client.consumer");
  private static final long PAUSE_MS = 30_000;

  private final Topology topology;
  private final Clock clock;
  private String said = "";
  private long saidMs;

  Complaints(Topology topology, Clock clock) {
    this.topology = topology;
    this.clock = clock;
  }

  /** A poll brought nothing. */
  void empty() {
    String reason = reason();
    long nowMs = clock.monotonicMs();
    boolean isNew = !reason.equals(said) || nowMs - saidMs >= PAUSE_MS;
    if (!reason.isEmpty() && isNew) {
      said = reason;
      saidMs = nowMs;
      LOG.log(System.Logger.Level.WARNING, reason);
    }
  }

  /** An automatic commit was not done; null when it was. */
  static void commitFailed(@Nullable Throwable fault) {
    if (fault != null) {
      LOG.log(System.Logger.Level.WARNING, "automatic commit failed: " + fault.getMessage());
    }
  }

  private String reason() {
    Set<String> missing = new TreeSet<>(topology.view().missing().keySet());
    ClientException fault = topology.fault();
    if (!missing.isEmpty()) {
      return "nothing to read, topics are not there, create them or mend their names, topics="
          + missing;
    }
    return fault != null && topology.view().nodes().isEmpty()
        ? "nothing to read, no node answers: " + fault.getMessage()
        : "";
  }
}
