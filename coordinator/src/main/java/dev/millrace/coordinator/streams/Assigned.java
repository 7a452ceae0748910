package dev.millrace.coordinator.streams;

import java.util.function.BiConsumer;

/** The tasks of a member by their roles. Immutable. */
public record Assigned(Tasks active, Tasks standby, Tasks warmup) {
  public static final Assigned NONE = new Assigned(Tasks.NONE, Tasks.NONE, Tasks.NONE);

  public Tasks of(TaskRole role) {
    return switch (role) {
      case ACTIVE -> active;
      case STANDBY -> standby;
      case WARMUP -> warmup;
    };
  }

  public boolean isEmpty() {
    return active.isEmpty() && standby.isEmpty() && warmup.isEmpty();
  }

  /** Whether one of {@code others} is among these, in the same role. */
  boolean containsAny(Assigned others) {
    return active.containsAny(others.active)
        || standby.containsAny(others.standby)
        || warmup.containsAny(others.warmup);
  }

  /** Whether all of {@code others} are among these, in the same roles. */
  boolean containsAll(Assigned others) {
    return active.containsAll(others.active)
        && standby.containsAll(others.standby)
        && warmup.containsAll(others.warmup);
  }

  /** Calls {@code visitor} for each task with its role. */
  public void forEach(BiConsumer<Task, TaskRole> visitor) {
    for (TaskRole role : TaskRole.values()) {
      of(role).forEach(task -> visitor.accept(task, role));
    }
  }

  /** Collects tasks with their roles. */
  static final class Builder {
    private final Tasks.Builder active = new Tasks.Builder();
    private final Tasks.Builder standby = new Tasks.Builder();
    private final Tasks.Builder warmup = new Tasks.Builder();

    Builder add(Task task, TaskRole role) {
      of(role).add(task);
      return this;
    }

    private Tasks.Builder of(TaskRole role) {
      return switch (role) {
        case ACTIVE -> active;
        case STANDBY -> standby;
        case WARMUP -> warmup;
      };
    }

    Assigned build() {
      Assigned built = new Assigned(active.build(), standby.build(), warmup.build());
      return built.isEmpty() ? NONE : built;
    }
  }
}
