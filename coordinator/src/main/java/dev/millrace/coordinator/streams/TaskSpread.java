package dev.millrace.coordinator.streams;

import dev.millrace.coordinator.streams.StickyAssignor.Candidate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tasks on their way to members, for {@link StickyAssignor}. */
final class TaskSpread {
  private final Map<String, Load> loads = new LinkedHashMap<>();
  private final Map<String, Place> places = new LinkedHashMap<>();
  private final Map<Task, Load> activeBefore = new HashMap<>();
  private final Map<Task, List<Load>> copiesBefore = new HashMap<>();
  private int given;

  /** A member and what it has so far. */
  private static final class Load {
    private final String memberId;
    private final Place place;
    private final Assigned.Builder assigned = new Assigned.Builder();
    private int active;
    private int all;

    Load(String memberId, Place place) {
      this.memberId = memberId;
      this.place = place;
    }
  }

  /** A process: its members share memory and disk, so a task is there once at most. */
  private static final class Place {
    private final List<Load> members = new ArrayList<>();
    private final Set<Task> tasks = new HashSet<>();
    private int all;

    /** Tasks a member, scaled so that it is whole. */
    boolean isLessLoadedThan(Place other) {
      return (long) all * other.members.size() < (long) other.all * members.size();
    }
  }

  /** Who works on least; of several the one that has least of all, then the first by its id. */
  private static final Comparator<Load> LEAST_ACTIVE_FIRST =
      Comparator.<Load>comparingInt(load -> load.active)
          .thenComparingInt(load -> load.all)
          .thenComparing(load -> load.memberId);

  private static final Comparator<Load> LEAST_FIRST =
      Comparator.<Load>comparingInt(load -> load.all).thenComparing(load -> load.memberId);

  TaskSpread(List<Candidate> candidates) {
    for (Candidate candidate : candidates) {
      Place place = places.computeIfAbsent(candidate.processId(), _ -> new Place());
      Load load = new Load(candidate.memberId(), place);
      place.members.add(load);
      loads.put(load.memberId, load);
      candidate
          .before()
          .forEach((task, role) -> {
            if (role == TaskRole.ACTIVE) {
              activeBefore.put(task, load);
            } else {
              copiesBefore.computeIfAbsent(task, _ -> new ArrayList<>()).add(load);
            }
          });
    }
  }

  /**
   * Gives each task to one member: to who has it, else to who has a copy, as far as members then
   * have equally many, one more or less; what is left to those that have least.
   */
  void giveActive(List<Task> tasks) {
    given += tasks.size();
    Quota quota = new Quota(given, loads.values());
    List<Task> moving = new ArrayList<>();
    for (Task task : tasks) {
      Load owner = activeBefore.get(task);
      if (owner != null && quota.admits(owner)) {
        give(owner, task, TaskRole.ACTIVE);
      } else {
        moving.add(task);
      }
    }
    List<Task> free = new ArrayList<>();
    for (Task task : moving) {
      Load keeper = leastOf(copiesBefore.getOrDefault(task, List.of()), quota);
      if (keeper == null) {
        free.add(task);
      } else {
        give(keeper, task, TaskRole.ACTIVE);
      }
    }
    PriorityQueue<Load> leastFirst = new PriorityQueue<>(LEAST_ACTIVE_FIRST);
    leastFirst.addAll(loads.values());
    for (Task task : free) {
      Load least = leastFirst.remove();
      give(least, task, TaskRole.ACTIVE);
      leastFirst.add(least);
    }
  }

  /** How many tasks a member may keep. */
  private static final class Quota {
    private final int each;
    private int oneMore;

    Quota(int total, Collection<Load> loads) {
      each = total / loads.size();
      oneMore = total % loads.size();
      for (Load load : loads) {
        oneMore -= load.active > each ? 1 : 0;
      }
    }

    boolean allows(Load load) {
      return load.active < each || (load.active == each && oneMore > 0);
    }

    boolean admits(Load load) {
      boolean allowed = allows(load);
      if (allowed && load.active == each) {
        oneMore--;
      }
      return allowed;
    }
  }

  private static @Nullable Load leastOf(List<Load> keepers, Quota quota) {
    Load least = null;
    for (Load keeper : keepers) {
      if (quota.allows(keeper)
          && (least == null || LEAST_ACTIVE_FIRST.compare(keeper, least) < 0)) {
        least = keeper;
      }
    }
    return least != null && quota.admits(least) ? least : null;
  }

  /**
   * Gives copies of each task to other processes: where its state is, unless they have more than
   * their share, else where least is. Fewer processes than copies are no fault.
   */
  void giveStandby(List<Task> tasks, int copies) {
    long all = (long) given + (long) tasks.size() * Math.min(copies, places.size() - 1);
    long share = (all + loads.size() - 1) / loads.size();
    for (int copy = 0; copy < copies; copy++) {
      List<Task> open = new ArrayList<>();
      for (Task task : tasks) {
        Load keeper = keeper(task, share);
        if (keeper == null) {
          open.add(task);
        } else {
          give(keeper, task, TaskRole.STANDBY);
        }
      }
      for (Task task : open) {
        Place least = leastWithout(task);
        if (least != null) {
          give(least.members.stream().min(LEAST_FIRST).orElseThrow(), task, TaskRole.STANDBY);
        }
      }
    }
  }

  /** Who has the state of a task and room for it, in a process that has it not yet. */
  private @Nullable Load keeper(Task task, long share) {
    Load before = activeBefore.get(task);
    if (before != null && mayKeep(before, task, share)) {
      return before;
    }
    Load least = null;
    for (Load keeper : copiesBefore.getOrDefault(task, List.of())) {
      if (mayKeep(keeper, task, share)
          && (least == null || LEAST_FIRST.compare(keeper, least) < 0)) {
        least = keeper;
      }
    }
    return least;
  }

  private static boolean mayKeep(Load load, Task task, long share) {
    return load.all < share && !load.place.tasks.contains(task);
  }

  private @Nullable Place leastWithout(Task task) {
    Place least = null;
    for (Place place : places.values()) {
      if (!place.tasks.contains(task) && (least == null || place.isLessLoadedThan(least))) {
        least = place;
      }
    }
    return least;
  }

  private static void give(Load load, Task task, TaskRole role) {
    load.assigned.add(task, role);
    load.active += role == TaskRole.ACTIVE ? 1 : 0;
    load.all++;
    load.place.all++;
    load.place.tasks.add(task);
  }

  Map<String, Assigned> result() {
    Map<String, Assigned> result = new LinkedHashMap<>();
    loads.forEach((memberId, load) -> result.put(memberId, load.assigned.build()));
    return result;
  }
}
