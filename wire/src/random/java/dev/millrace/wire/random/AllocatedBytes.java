package dev.millrace.wire.random;

import java.lang.reflect.Method;

/** How much memory the current thread took, for tests of hostile input. */
public final class AllocatedBytes {
  private static final Object BEAN;
  private static final Method COUNT;

  static {
    // by reflection, since rooms do not read the JDK's management modules
    try {
      BEAN =
          Class.forName("java.lang.management.ManagementFactory")
              .getMethod("getThreadMXBean")
              .invoke(null);
      COUNT =
          Class.forName("com.sun.management.ThreadMXBean")
              .getMethod("getCurrentThreadAllocatedBytes");
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the JDK counts no allocated bytes", e);
    }
  }

  private AllocatedBytes() {}

  /** Bytes that the current thread allocated so far. */
  public static long soFar() {
    try {
      return (Long) COUNT.invoke(BEAN);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the JDK counts no allocated bytes", e);
    }
  }
}
