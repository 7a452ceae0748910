package dev.millrace.coordinator.streams;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the members of one group said last that they have: a heartbeat that says nothing of it means
 * the same again. It is not written down; a coordinator that does not know takes it that they have
 * all they were given. No more is kept than was given to a member.
 */
public final class TaskClaims {
  private final Map<String, Assigned> said = new HashMap<>();

  /**
   * A member's claim.
   *
   * @param tasks what it says it has; null when that is not known
   * @param joins whether it takes nothing more before it has the answer
   */
  record Claim(@Nullable Assigned tasks, boolean joins) {
    /** Whether the member may have one of these tasks. */
    boolean has(Assigned others) {
      return tasks == null || tasks.containsAny(others);
    }

    /** Whether it says that it has nothing at all. */
    boolean isNothing() {
      return tasks != null && tasks.isEmpty();
    }
  }

  /** What a heartbeat says, with what was said before. */
  Claim of(StreamsMember member, StreamsBeat beat) {
    Assigned now = beat.owned();
    if (beat.joins()) {
      said.remove(member.id());
      return new Claim(now, true);
    }
    if (now != null) {
      said.put(member.id(), given(member.position(), now));
    }
    return new Claim(now == null ? said.get(member.id()) : now, false);
  }

  /** The member is gone. */
  public void forget(String memberId) {
    said.remove(memberId);
  }

  private static Assigned given(Position position, Assigned named) {
    Assigned.Builder given = new Assigned.Builder();
    named.forEach((task, role) -> {
      if (position.assigned().of(role).contains(task)
          || position.revoking().of(role).contains(task)) {
        given.add(task, role);
      }
    });
    return given.build();
  }
}
