package dev.millrace.base.disk;

import dev.millrace.base.disk.DiskException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A volume by {@code syncfs(2)}, which the JDK has no method for. It is used where a write that
 * failed in the background is told to it for certain: Linux 5.8 or later, ext4 or XFS. The open
 * descriptor is what the system remembers untold failures by, so it is kept for as long as the
 * volume is used.
 */
final class LinuxVolume implements Disk.Volume {
  private static final Set<String> FILE_SYSTEMS = Set.of("ext4", "xfs");
  private static final int KERNEL_MAJOR = 5;
  private static final int KERNEL_MINOR = 8;
  private static final int NO_SPACE = 28;
  private static final int QUOTA = 122;

  private final Path directory;
  private final LinuxCalls calls;
  private final int descriptor;

  private LinuxVolume(Path directory, LinuxCalls calls, int descriptor) {
    this.directory = directory;
    this.calls = calls;
    this.descriptor = descriptor;
  }

  /** The volume, or null where this can not be done. */
  static @Nullable LinuxVolume open(Path directory) {
    try {
      boolean fits = isKernelFit() && FILE_SYSTEMS.contains(Files.getFileStore(directory).type());
      LinuxCalls calls = fits ? LinuxCalls.found() : null;
      int descriptor = calls == null ? -1 : calls.open(directory);
      return calls == null || descriptor < 0 ? null : new LinuxVolume(directory, calls, descriptor);
    } catch (IOException | RuntimeException none) {
      return null;
    }
  }

  @Override
  public void sync() {
    int error = calls.syncAll(descriptor);
    if (error != 0) {
      Kind kind = error == NO_SPACE || error == QUOTA ? Kind.FULL : Kind.FAILED;
      throw new DiskException(kind, "cannot sync the volume: errno=" + error, directory, null);
    }
  }

  @Override
  public void writeOut(Path file) {
    int written = calls.open(file);
    if (written < 0) {
      return;
    }
    try {
      calls.writeOut(written);
    } finally {
      calls.close(written);
    }
  }

  @Override
  public void close() {
    calls.close(descriptor);
  }

  private static boolean isKernelFit() {
    String[] version = System.getProperty("os.version", "").split("[.-]", 3);
    if (!System.getProperty("os.name", "").equals("Linux") || version.length < 2) {
      return false;
    }
    int major = Integer.parseInt(version[0]);
    return major > KERNEL_MAJOR
        || (major == KERNEL_MAJOR && Integer.parseInt(version[1]) >= KERNEL_MINOR);
  }
}
