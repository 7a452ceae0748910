package dev.millrace.coordinator.streams;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * Who has which task, in which role, and who has which static name: kept up to date one member at a
 * time. What a member has to let go counts until it has. Immutable.
 *
 * @param tasks roles by member id, by task; a member has a task in one role at most
 * @param instances member ids by the names of static members
 */
record Holders(PMap<Task, PMap<String, TaskRole>> tasks, PMap<String, String> instances) {
  static final Holders NONE = new Holders(HashTreePMap.empty(), HashTreePMap.empty());

  /** The roles in which members have a task, by member id. */
  Map<String, TaskRole> of(Task task) {
    return Objects.requireNonNullElse(tasks.get(task), HashTreePMap.empty());
  }

  /** The same with {@code after} in the place of {@code before}; null for no member. */
  Holders replace(@Nullable StreamsMember before, @Nullable StreamsMember after) {
    return new Holders(replaced(before, after), instances(before, after));
  }

  private PMap<Task, PMap<String, TaskRole>> replaced(
      @Nullable StreamsMember before, @Nullable StreamsMember after) {
    Position old = before == null ? Position.NEW : before.position();
    Position now = after == null ? Position.NEW : after.position();
    if (old.assigned().equals(now.assigned()) && old.revoking().equals(now.revoking())) {
      return tasks;
    }
    Ledger ledger = new Ledger(tasks);
    if (before != null) {
      old.assigned().forEach((task, _) -> ledger.free(task, before.id()));
      old.revoking().forEach((task, _) -> ledger.free(task, before.id()));
    }
    if (after != null) {
      now.assigned().forEach((task, role) -> ledger.take(task, after.id(), role));
      now.revoking().forEach((task, role) -> ledger.take(task, after.id(), role));
    }
    return ledger.tasks;
  }

  private static final class Ledger {
    private PMap<Task, PMap<String, TaskRole>> tasks;

    Ledger(PMap<Task, PMap<String, TaskRole>> tasks) {
      this.tasks = tasks;
    }

    void take(Task task, String member, TaskRole role) {
      PMap<String, TaskRole> holders =
          Objects.requireNonNullElse(tasks.get(task), HashTreePMap.empty());
      tasks = tasks.plus(task, holders.plus(member, role));
    }

    void free(Task task, String member) {
      PMap<String, TaskRole> holders = tasks.get(task);
      if (holders != null) {
        PMap<String, TaskRole> left = holders.minus(member);
        tasks = left.isEmpty() ? tasks.minus(task) : tasks.plus(task, left);
      }
    }
  }

  private PMap<String, String> instances(
      @Nullable StreamsMember before, @Nullable StreamsMember after) {
    PMap<String, String> result = instances;
    String old = before == null ? null : before.instanceId();
    if (before != null && old != null && before.id().equals(result.get(old))) {
      result = result.minus(old);
    }
    String now = after == null ? null : after.instanceId();
    return after == null || now == null ? result : result.plus(now, after.id());
  }
}
