package dev.millrace.raft;

import java.lang.reflect.Field;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.util.JvmPauseMonitor;

/**
 * Ends the thread in which Ratis looks for pauses of the JVM: three times a second it asks all
 * collectors what they did, a tenth of what an idle voter costs. Its only effect here would be that
 * a leader gives up after a pause of its own, which it does anyway when it hears of a newer term.
 */
final class Pauses {
  private static final System.Logger LOG = System.getLogger("dev.millrace.raft");

  private Pauses() {}

  /** Does nothing where another release of Ratis has no such thread. */
  static void leaveUnwatched(RaftServer server) {
    try {
      Field field = server.getClass().getDeclaredField("pauseMonitor");
      field.setAccessible(true);
      if (field.get(server) instanceof JvmPauseMonitor monitor) {
        monitor.stop();
      }
    } catch (ReflectiveOperationException | RuntimeException absent) {
      LOG.log(System.Logger.Level.DEBUG, "watch for pauses goes on", absent);
    }
  }
}
