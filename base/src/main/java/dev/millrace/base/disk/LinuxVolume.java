package dev.millrace.base.disk;

import dev.millrace.base.disk.DiskException.Kind;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
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
  private static final int CLOSE_ON_EXEC = 0x80000;

  /** SYNC_FILE_RANGE_WAIT_BEFORE, _WRITE and _WAIT_AFTER; 0 bytes from 0 stand for the file. */
  private static final int WAIT_WRITE_WAIT = 7;

  private static final int NO_SPACE = 28;
  private static final int QUOTA = 122;

  private final Path directory;
  private final Calls calls;
  private final int descriptor;

  private LinuxVolume(Path directory, Calls calls, int descriptor) {
    this.directory = directory;
    this.calls = calls;
    this.descriptor = descriptor;
  }

  /** The volume, or null where this can not be done. */
  static @Nullable LinuxVolume open(Path directory) {
    try {
      boolean fits = isKernelFit() && FILE_SYSTEMS.contains(Files.getFileStore(directory).type());
      Calls calls = fits ? Calls.find() : null;
      int descriptor = calls == null ? -1 : calls.open(directory);
      return calls == null || descriptor < 0 ? null : new LinuxVolume(directory, calls, descriptor);
    } catch (IOException | RuntimeException none) {
      return null;
    }
  }

  @Override
  public void sync() {
    int error = calls.sync(descriptor);
    if (error != 0) {
      Kind kind = error == NO_SPACE || error == QUOTA ? Kind.FULL : Kind.FAILED;
      throw new DiskException(kind, "cannot sync the volume: errno=" + error, directory, null);
    }
  }

  @Override
  public void writeOut(Path file) {
    calls.writeOut(file);
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

  /** The system calls. */
  private record Calls(
      MethodHandle open,
      MethodHandle syncfs,
      @Nullable MethodHandle syncRange,
      MethodHandle close) {
    private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
        STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    @SuppressWarnings("restricted") // the descriptors are those of open(2), syncfs(2), close(2)
    static @Nullable Calls find() {
      Linker linker = Linker.nativeLinker();
      SymbolLookup symbols = linker.defaultLookup();
      if (symbols.find("syncfs").isEmpty()) {
        return null;
      }
      FunctionDescriptor ofPath =
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
      FunctionDescriptor ofFile = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
      FunctionDescriptor ofRange =
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_INT);
      return new Calls(
          linker.downcallHandle(
              symbols.findOrThrow("open"), ofPath, Linker.Option.firstVariadicArg(2)),
          linker.downcallHandle(
              symbols.findOrThrow("syncfs"), ofFile, Linker.Option.captureCallState("errno")),
          symbols
              .find("sync_file_range")
              .map(symbol -> linker.downcallHandle(symbol, ofRange))
              .orElse(null),
          linker.downcallHandle(symbols.findOrThrow("close"), ofFile));
    }

    /** A descriptor, or a negative number. */
    int open(Path path) {
      try (Arena arena = Arena.ofConfined()) {
        return (int) open.invokeExact(arena.allocateFrom(path.toString()), CLOSE_ON_EXEC);
      } catch (Throwable fault) {
        throw unexpected(fault);
      }
    }

    /** Zero, or the error. */
    int sync(int descriptor) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment state = arena.allocate(STATE);
        int result = (int) syncfs.invokeExact(state, descriptor);
        return result == 0 ? 0 : (int) ERRNO.get(state, 0L);
      } catch (Throwable fault) {
        throw unexpected(fault);
      }
    }

    void writeOut(Path file) {
      int descriptor = syncRange == null ? -1 : open(file);
      if (syncRange == null || descriptor < 0) {
        return;
      }
      try {
        int ignored = (int) syncRange.invokeExact(descriptor, 0L, 0L, WAIT_WRITE_WAIT);
      } catch (Throwable fault) {
        throw unexpected(fault);
      } finally {
        close(descriptor);
      }
    }

    void close(int descriptor) {
      try {
        int ignored = (int) close.invokeExact(descriptor);
      } catch (Throwable fault) {
        throw unexpected(fault);
      }
    }

    private static IllegalStateException unexpected(Throwable fault) {
      return new IllegalStateException("system call can not be made", fault);
    }
  }
}
