package dev.millrace.server.http;

import dev.millrace.base.time.Clock;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Connections that are open. Who is new is let in: where an address, or all together, have as many
 * as they may, the one of them goes that has been silent longest, or else has been sending its
 * request longest. So nobody is kept out by connections that say nothing, half-sent requests and
 * readers that do not read; who has a request in work stays. Safe for any thread.
 */
final class Visitors {
  /** How many connections there may be, and how many of them from one address. */
  record Limits(int all, int perAddress) {
    static final Limits DEFAULT = new Limits(4096, 1024);
  }

  /** So long an answer may leave before its reader may have to go. */
  private static final long SLOW_READER_MS = 5_000;

  private final Limits limits;
  private final Clock clock;
  private final Map<InetAddress, Set<Visitor>> byAddress = new HashMap<>();
  private int count;

  Visitors(Limits limits, Clock clock) {
    this.limits = limits;
    this.clock = clock;
  }

  /** Lets one in, perhaps in the place of another; false when all that are there have work. */
  boolean admit(Visitor visitor) {
    Visitor victim = null;
    synchronized (this) {
      Set<Visitor> near = byAddress.getOrDefault(visitor.address(), Set.of());
      if (near.size() >= limits.perAddress() || count >= limits.all()) {
        victim = victim(near.size() >= limits.perAddress() ? near : most());
        if (victim == null) {
          return false;
        }
        remove(victim);
      }
      byAddress.computeIfAbsent(visitor.address(), address -> new LinkedHashSet<>()).add(visitor);
      count++;
    }
    if (victim != null) {
      victim.cut();
    }
    return true;
  }

  /** Those of the address that has most. */
  private Collection<Visitor> most() {
    Collection<Visitor> most = List.of();
    for (Set<Visitor> one : byAddress.values()) {
      most = one.size() > most.size() ? one : most;
    }
    return most;
  }

  private @Nullable Visitor victim(Collection<Visitor> among) {
    long nowMs = clock.monotonicMs();
    Visitor victim = null;
    for (Visitor one : among) {
      Visitor.Stage stage = one.stage();
      boolean isAtWork =
          stage == Visitor.Stage.WORK
              || stage == Visitor.Stage.ANSWER && nowMs - one.sinceMs() < SLOW_READER_MS;
      if (!isAtWork && (victim == null || goesBefore(one, stage, victim))) {
        victim = one;
      }
    }
    return victim;
  }

  private static boolean goesBefore(Visitor one, Visitor.Stage stage, Visitor other) {
    int order = stage.compareTo(other.stage());
    return order < 0 || order == 0 && one.sinceMs() < other.sinceMs();
  }

  /** One has gone. */
  synchronized void leave(Visitor visitor) {
    remove(visitor);
  }

  private void remove(Visitor visitor) {
    Set<Visitor> near = byAddress.get(visitor.address());
    if (near != null && near.remove(visitor)) {
      count--;
      if (near.isEmpty()) {
        byAddress.remove(visitor.address());
      }
    }
  }

  /** Cuts off who takes longer than a stage may; false when nobody is there any more. */
  boolean sweep() {
    long nowMs = clock.monotonicMs();
    List<Visitor> late = new ArrayList<>();
    boolean isSomebodyThere;
    synchronized (this) {
      for (Set<Visitor> near : byAddress.values()) {
        for (Visitor one : near) {
          if (nowMs - one.sinceMs() >= one.stage().limitMs()) {
            late.add(one);
          }
        }
      }
      late.forEach(this::remove);
      isSomebodyThere = count > 0;
    }
    late.forEach(Visitor::cut);
    return isSomebodyThere;
  }

  /** Cuts off everybody. */
  void close() {
    List<Visitor> all = new ArrayList<>();
    synchronized (this) {
      byAddress.values().forEach(all::addAll);
    }
    all.forEach(Visitor::cut);
  }

  synchronized int count() {
    return count;
  }
}
