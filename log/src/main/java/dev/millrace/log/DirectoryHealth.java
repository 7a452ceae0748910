package dev.millrace.log;

import dev.millrace.base.disk.DiskException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Whether a log directory can be used. Once it can't, it never can again in this life. */
final class DirectoryHealth {
  private static final System.Logger LOGGER = System.getLogger(DirectoryHealth.class.getName());

  private final AtomicReference<@Nullable DiskException> fault = new AtomicReference<>();
  private final Consumer<DiskException> onOffline;

  /**
   * @param onOffline told once, on the thread that met the fault
   */
  DirectoryHealth(Consumer<DiskException> onOffline) {
    this.onOffline = onOffline;
  }

  boolean isOnline() {
    return fault.get() == null;
  }

  /** The fault that took the directory offline, or null. */
  @Nullable DiskException fault() {
    return fault.get();
  }

  /** Takes the directory offline for good. */
  void fail(DiskException cause) {
    if (fault.compareAndSet(null, cause)) {
      LOGGER.log(
          System.Logger.Level.ERROR,
          "log directory is offline until the next start: " + cause.getMessage());
      onOffline.accept(cause);
    }
  }
}
