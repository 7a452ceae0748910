package dev.millrace.base.disk;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * System calls of Linux that the JDK has no method for. Descriptors are closed by who opened them.
 */
record LinuxCalls(
    MethodHandle openCall,
    MethodHandle syncfsCall,
    MethodHandle syncRangeCall,
    MethodHandle adviseCall,
    MethodHandle readCall,
    MethodHandle closeCall) {
  /** {@code POSIX_FADV_RANDOM}: nothing but what is asked for is read. */
  static final int NOTHING_AHEAD = 1;

  /** {@code POSIX_FADV_WILLNEED}: begin to read, and do not wait. */
  static final int SOON = 3;

  private static final int CLOSE_ON_EXEC = 0x80000;

  /** SYNC_FILE_RANGE_WAIT_BEFORE, _WRITE and _WAIT_AFTER; 0 bytes from 0 stand for the file. */
  private static final int WAIT_WRITE_WAIT = 7;

  private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  /** The calls, or null where one of them is missing. */
  static @Nullable LinuxCalls found() {
    return Found.CALLS;
  }

  /** A descriptor to read from, or a negative number. */
  int open(Path path) {
    try (Arena arena = Arena.ofConfined()) {
      return (int) openCall.invokeExact(arena.allocateFrom(path.toString()), CLOSE_ON_EXEC);
    } catch (Throwable fault) {
      throw unexpected(fault);
    }
  }

  /** Makes all of a file system last; zero, or the error. */
  int syncAll(int descriptor) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int result = (int) syncfsCall.invokeExact(state, descriptor);
      return result == 0 ? 0 : (int) ERRNO.get(state, 0L);
    } catch (Throwable fault) {
      throw unexpected(fault);
    }
  }

  /** Has a file's bytes written to the disk; makes nothing last. */
  void writeOut(int descriptor) {
    try {
      int ignored = (int) syncRangeCall.invokeExact(descriptor, 0L, 0L, WAIT_WRITE_WAIT);
    } catch (Throwable fault) {
      throw unexpected(fault);
    }
  }

  /** Tells how {@code count} bytes will be read, 0 for all to the file's end. */
  void advise(int descriptor, long position, long count, int advice) {
    try {
      int ignored = (int) adviseCall.invokeExact(descriptor, position, count, advice);
    } catch (Throwable fault) {
      throw unexpected(fault);
    }
  }

  /** Bytes read, 0 at the file's end, negative when it fails. */
  long read(int descriptor, MemorySegment target, long count, long position) {
    try {
      return (long) readCall.invokeExact(descriptor, target, count, position);
    } catch (Throwable fault) {
      throw unexpected(fault);
    }
  }

  void close(int descriptor) {
    try {
      int ignored = (int) closeCall.invokeExact(descriptor);
    } catch (Throwable fault) {
      throw unexpected(fault);
    }
  }

  private static IllegalStateException unexpected(Throwable fault) {
    return new IllegalStateException("system call can not be made", fault);
  }

  /** Looked up at the first use: a start needs none of them. */
  private static final class Found {
    static final @Nullable LinuxCalls CALLS = find();

    @SuppressWarnings("restricted") // the descriptors are those of the calls' manual pages
    private static @Nullable LinuxCalls find() {
      Linker linker = Linker.nativeLinker();
      SymbolLookup symbols = linker.defaultLookup();
      if (!System.getProperty("os.name", "").equals("Linux") || symbols.find("syncfs").isEmpty()) {
        return null;
      }
      FunctionDescriptor ofFile = FunctionDescriptor.of(JAVA_INT, JAVA_INT);
      FunctionDescriptor ofRange =
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
      return new LinuxCalls(
          linker.downcallHandle(
              symbols.findOrThrow("open"),
              FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
              Linker.Option.firstVariadicArg(2)),
          linker.downcallHandle(
              symbols.findOrThrow("syncfs"), ofFile, Linker.Option.captureCallState("errno")),
          linker.downcallHandle(symbols.findOrThrow("sync_file_range"), ofRange),
          linker.downcallHandle(symbols.findOrThrow("posix_fadvise"), ofRange),
          linker.downcallHandle(
              symbols.findOrThrow("pread"),
              FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG)),
          linker.downcallHandle(symbols.findOrThrow("close"), ofFile));
    }
  }
}
