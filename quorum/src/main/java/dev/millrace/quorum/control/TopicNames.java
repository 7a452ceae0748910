package dev.millrace.quorum.control;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which names topics may have, and which topics are the house's own. */
public final class TopicNames {
  /** Longest name, characters. */
  public static final int LENGTH_MAX = 249;

  private static final Set<String> INTERNAL =
      Set.of("__consumer_offsets", "__transaction_state", "__share_group_state");

  private TopicNames() {}

  /** What is wrong with {@code name}, or null when nothing is. */
  public static @Nullable String problem(String name) {
    if (name.isEmpty()) {
      return "topic name is empty";
    }
    if (name.length() > LENGTH_MAX) {
      return "topic name is too long, length=" + name.length() + " max=" + LENGTH_MAX;
    }
    if (name.equals(".") || name.equals("..")) {
      return "topic name must not be " + name;
    }
    for (int i = 0; i < name.length(); i++) {
      if (!isAllowed(name.charAt(i))) {
        return "topic name "
            + name
            + " has a character that is not allowed, allowed: letters a to z and A to Z, digits,"
            + " dot, underscore, dash";
      }
    }
    return null;
  }

  /** Whether clients are told that the topic is internal. */
  public static boolean isInternal(String name) {
    return INTERNAL.contains(name);
  }

  private static boolean isAllowed(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '.'
        || c == '_'
        || c == '-';
  }
}
