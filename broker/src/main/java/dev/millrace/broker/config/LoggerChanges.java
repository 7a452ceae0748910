package dev.millrace.broker.config;

import dev.millrace.quorum.control.ChangeConfigs.Change;
import dev.millrace.quorum.control.ChangeConfigs.Operation;
import dev.millrace.quorum.control.ChangeConfigs.ResourceChange;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.quorum.image.ConfigResource;
import dev.millrace.wire.ErrorCode;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Changes levels of this process's loggers (KIP-412): all that a request names, or none. They are
 * never written to the metadata log and hold until the process ends.
 */
final class LoggerChanges {
  private final int nodeId;
  private final Loggers loggers;

  LoggerChanges(int nodeId, Loggers loggers) {
    this.nodeId = nodeId;
    this.loggers = loggers;
  }

  Outcome<ConfigResource> apply(ResourceChange change, boolean validateOnly) {
    if (!change.resource().name().equals(Integer.toString(nodeId))) {
      return Outcome.refused(
          ErrorCode.INVALID_REQUEST,
          "this broker changes its own loggers alone, name="
              + change.resource().name()
              + " this="
              + nodeId);
    }
    Set<String> names = new HashSet<>();
    for (Change one : change.changes()) {
      Outcome<ConfigResource> refused =
          names.add(one.name())
              ? check(one)
              : Outcome.refused(
                  ErrorCode.INVALID_REQUEST, "logger is named twice, name=" + one.name());
      if (refused != null) {
        return refused;
      }
    }
    if (!validateOnly) {
      change.changes().forEach(one -> loggers.alter(one.name(), level(one)));
    }
    return Outcome.done(change.resource());
  }

  /** Why it cannot be done, or null. */
  private @Nullable Outcome<ConfigResource> check(Change change) {
    String name = change.name();
    if (change.operation() == Operation.APPEND || change.operation() == Operation.SUBTRACT) {
      return Outcome.refused(
          ErrorCode.INVALID_REQUEST, "a level can only be set or deleted, name=" + name);
    }
    if (!loggers.exists(name)) {
      return Outcome.refused(ErrorCode.INVALID_CONFIG, "there is no such logger, name=" + name);
    }
    if (change.operation() == Operation.SET) {
      return LogLevel.of(change.value()) == null ? wrongLevel(change) : null;
    }
    return name.equals(Loggers.ROOT)
        ? Outcome.refused(
            ErrorCode.INVALID_REQUEST, "the root logger always has a level of its own")
        : null;
  }

  private static Outcome<ConfigResource> wrongLevel(Change change) {
    return Outcome.refused(
        ErrorCode.INVALID_CONFIG,
        change.name()
            + "="
            + change.value()
            + " is wrong, allowed: "
            + String.join(", ", Arrays.stream(LogLevel.values()).map(LogLevel::name).toList()));
  }

  private static @Nullable LogLevel level(Change change) {
    return change.operation() == Operation.DELETE ? null : LogLevel.of(change.value());
  }
}
