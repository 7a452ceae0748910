package dev.millrace.log.checkpoint;

import dev.millrace.base.disk.Disk;
import java.nio.file.Path;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The mark that a log directory was closed in order, {@code .kafka_cleanshutdown}: {@code
 * {"version":0,"brokerEpoch":7}}. It is taken away when the directory is opened. The broker epoch
 * in it proves to the controller that this broker lost nothing (KIP-966).
 */
public final class CleanStop {
  public static final String NAME = ".kafka_cleanshutdown";

  /** No broker epoch is known. */
  public static final long NO_EPOCH = -1;

  private static final Pattern EPOCH = Pattern.compile("\"brokerEpoch\"\\s*:\\s*(-?\\d{1,18})");

  private CleanStop() {}

  /** Leaves the mark. */
  public static void mark(Disk disk, Path directory, long brokerEpoch) {
    WholeFile.replace(
        disk, directory.resolve(NAME), "{\"version\":0,\"brokerEpoch\":" + brokerEpoch + "}");
  }

  /**
   * Takes the mark away.
   *
   * @return the broker epoch in it, {@link #NO_EPOCH} when it names none; empty without a mark
   */
  public static OptionalLong take(Disk disk, Path directory) {
    Path path = directory.resolve(NAME);
    String text = WholeFile.readText(disk, path);
    if (text == null) {
      return OptionalLong.empty();
    }
    disk.delete(path);
    disk.syncDirectory(Objects.requireNonNull(path.getParent()));
    Matcher epoch = EPOCH.matcher(text);
    return OptionalLong.of(epoch.find() ? Long.parseLong(epoch.group(1)) : NO_EPOCH);
  }
}
