package dev.millrace.sim;

import dev.millrace.base.disk.Disk;
import dev.millrace.base.disk.DiskFile;
import dev.millrace.sim.cluster.Alterations;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A node that acknowledges before its sync: syncs of records' files do nothing. */
final class LyingDisk implements Alterations {
  @Override
  public Disk disk(int node, Disk disk) {
    return (Disk)
        Proxy.newProxyInstance(
            Disk.class.getClassLoader(),
            new Class<?>[] {Disk.class},
            (proxy, method, arguments) -> {
              Object result = invoke(disk, method, arguments);
              return switch (method.getName()) {
                case "open" -> isOfRecords(arguments) ? forgetful((DiskFile) result) : result;
                case "volume", "blocks" -> null;
                default -> result;
              };
            });
  }

  private static boolean isOfRecords(Object[] arguments) {
    return ((Path) arguments[0]).toString().endsWith(".log");
  }

  private static DiskFile forgetful(DiskFile file) {
    return (DiskFile)
        Proxy.newProxyInstance(
            DiskFile.class.getClassLoader(),
            new Class<?>[] {DiskFile.class},
            (proxy, method, arguments) ->
                method.getName().equals("sync") ? null : invoke(file, method, arguments));
  }

  private static @Nullable Object invoke(
      Object target, java.lang.reflect.Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
