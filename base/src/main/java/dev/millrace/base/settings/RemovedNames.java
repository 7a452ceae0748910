package dev.millrace.base.settings;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Names that stand in files written for older releases, or for plug-ins that are never loaded. They
 * are accepted and have no effect.
 */
final class RemovedNames {
  private static final List<String[]> LINES =
      SettingTable.Resource.lines("removed.tsv").stream().map(line -> line.split("\t")).toList();

  private RemovedNames() {}

  /** Why {@code name} has no effect, or null when it is none of them. */
  static @Nullable String remark(String name) {
    for (String[] line : LINES) {
      String known = line[0];
      boolean family = known.endsWith("*");
      if (family ? name.startsWith(known.substring(0, known.length() - 1)) : name.equals(known)) {
        return line[1];
      }
    }
    return null;
  }
}
