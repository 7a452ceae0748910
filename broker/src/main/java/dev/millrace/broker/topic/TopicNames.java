package dev.millrace.broker.topic;

import dev.millrace.wire.ErrorCode;
import java.util.Set;

/** Rules for the names of topics. */
final class TopicNames {
  private static final int LENGTH_MAX = 249;

  /** Topics that the cluster keeps its own state in; clients are told so. */
  private static final Set<String> INTERNAL =
      Set.of("__consumer_offsets", "__transaction_state", "__share_group_state");

  private TopicNames() {}

  static boolean isInternal(String name) {
    return INTERNAL.contains(name);
  }

  static boolean isValid(String name) {
    return !name.isEmpty()
        && name.length() <= LENGTH_MAX
        && !name.equals(".")
        && !name.equals("..")
        && name.chars().allMatch(TopicNames::isAllowed);
  }

  /** The error of a topic that is not there. */
  static ErrorCode unknown(String name) {
    return isValid(name) ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.INVALID_TOPIC_EXCEPTION;
  }

  private static boolean isAllowed(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '.'
        || c == '_'
        || c == '-';
  }
}
