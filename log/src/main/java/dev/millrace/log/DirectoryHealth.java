package dev.millrace.log;

import dev.millrace.base.disk.DiskException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Whether a log directory can be used. Once it failed, it never can again in this life; one that is
 * full takes appends again when there is space.
 */
final class DirectoryHealth {
  private static final System.Logger LOGGER = System.getLogger(DirectoryHealth.class.getName());

  private final AtomicReference<@Nullable DiskException> fault = new AtomicReference<>();
  private final Consumer<DiskException> onOffline;
  private final AtomicBoolean full = new AtomicBoolean();
  private final Spare spare;
  private final Runnable onRoom;

  /**
   * @param onOffline told once, on the thread that met the fault
   * @param spare room that is given up when there is none left
   * @param onRoom told when appends go on after that
   */
  DirectoryHealth(Consumer<DiskException> onOffline, Spare spare, Runnable onRoom) {
    this.onOffline = onOffline;
    this.spare = spare;
    this.onRoom = onRoom;
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

  /**
   * There was no room for something. Appends are refused until there is room for more than what is
   * given up now; the operator is told once.
   */
  void full(String reason) {
    if (full.compareAndSet(false, true)) {
      LOGGER.log(System.Logger.Level.ERROR, "appends are refused until there is space: " + reason);
    }
    spare.give();
  }

  /** Whether an append is worth a try: small ones might fit where others do not. */
  boolean mayAppend() {
    return !full.get() || spare.isRoom();
  }

  /** An append was written. */
  void appended() {
    if (full.get() && full.compareAndSet(true, false)) {
      LOGGER.log(System.Logger.Level.INFO, "there is space again, appends go on");
      onRoom.run();
    }
  }

  /** Whether appends are refused for want of space. */
  boolean isFull() {
    return full.get();
  }
}
