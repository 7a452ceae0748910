package dev.millrace.coordinator;

import dev.millrace.wire.ErrorCode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The lanes that are in use: those with commands waiting or writes on their way. */
final class Lanes<S extends StateMachine> {
  private final Map<String, Lane<S>> lanes = new HashMap<>();

  @Nullable Lane<S> find(String key) {
    return lanes.get(key);
  }

  Lane<S> open(String key) {
    return lanes.computeIfAbsent(key, _ -> new Lane<>());
  }

  void closeIfIdle(String key) {
    Lane<S> lane = lanes.get(key);
    if (lane != null && lane.idle()) {
      lanes.remove(key);
    }
  }

  void refuseAll(ErrorCode error) {
    List<Lane<S>> all = List.copyOf(lanes.values());
    lanes.clear();
    all.forEach(lane -> lane.refuseAll(error));
  }
}
