package dev.millrace.server.command.records;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Whether anybody still reads what this process prints. A write would show it too, but a command
 * that searches may have nothing to write for hours. By {@code poll(2)}, which the JDK has no
 * method for with standard output; on Linux only. Belongs to one thread.
 *
 * <pre>
 *   struct pollfd { int fd; short events; short revents; }
 * </pre>
 */
final class Audience {
  private static final int STANDARD_OUTPUT = 1;
  private static final long REVENTS = 6;
  private static final long POLLFD_BYTES = 8;

  /** POLLERR, which the end of a pipe gives whose other end is closed, and POLLHUP. */
  private static final int GONE = 0x8 | 0x10;

  private final boolean isLinux = System.getProperty("os.name", "").equals("Linux");
  private @org.jspecify.annotations.Nullable MethodHandle poll;

  /** Whether nobody reads any more; false where that can not be seen. */
  boolean isGone() {
    if (!isLinux) {
      return false;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment watched = arena.allocate(POLLFD_BYTES);
      watched.set(ValueLayout.JAVA_INT, 0, STANDARD_OUTPUT);
      MethodHandle call = poll == null ? link() : poll;
      poll = call;
      int found = (int) call.invokeExact(watched, 1L, 0);
      return found > 0 && (watched.get(ValueLayout.JAVA_SHORT, REVENTS) & GONE) != 0;
    } catch (Throwable fault) {
      throw new IllegalStateException("system call can not be made", fault);
    }
  }

  @SuppressWarnings("restricted") // the arguments are those of poll(2)
  private static MethodHandle link() {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow("poll"),
        FunctionDescriptor.of(
            ValueLayout.JAVA_INT,
            ValueLayout.ADDRESS,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_INT));
  }
}
