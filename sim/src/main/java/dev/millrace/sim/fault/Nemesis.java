package dev.millrace.sim.fault;

import dev.millrace.base.disk.DiskException;
import dev.millrace.base.sim.Crash;
import dev.millrace.base.sim.DiskFaults;
import dev.millrace.base.sim.DiskFaults.Operation;
import dev.millrace.base.turns.Turns;
import dev.millrace.sim.cluster.Machine;
import dev.millrace.sim.cluster.SimCluster;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/** Makes faults, one after the other or several at once, and mends them after a while. */
public final class Nemesis {
  private static final int MEND_MS_MAX = 6_000;
  private static final int DELAY_MS = 2;

  private final SimCluster cluster;
  private final List<Trouble> kinds;
  private final int pauseMsMax;
  private final BooleanSupplier isWhole;
  private final RandomGenerator random;
  private final Turns turns;
  private boolean over;
  private int count;

  /**
   * Begins at once.
   *
   * @param kinds of which it makes some
   * @param pauseMsMax longest time between two faults
   * @param isWhole whether all copies are in sync
   */
  public Nemesis(SimCluster cluster, List<Trouble> kinds, int pauseMsMax, BooleanSupplier isWhole) {
    this.cluster = cluster;
    this.kinds = kinds;
    this.pauseMsMax = pauseMsMax;
    this.isWhole = isWhole;
    this.random = cluster.owners().random("nemesis");
    this.turns = cluster.owners().owner("nemesis");
    next();
  }

  /** How many faults there were. */
  public int count() {
    return count;
  }

  private void next() {
    turns.after(
        1 + random.nextInt(pauseMsMax),
        () -> {
          if (!over) {
            count++;
            make(kinds.get(random.nextInt(kinds.size())));
            next();
          }
        });
  }

  /** Makes no more faults and mends everything. */
  public void end() {
    over = true;
    cluster.heal();
    cluster.network().weather(DELAY_MS, 0);
    for (Machine machine : cluster.machines()) {
      mend(machine);
    }
  }

  /** A machine as it should be, with a process. */
  private void mend(Machine machine) {
    machine.disk().faults(DiskFaults.none());
    machine.disk().capacityBytes(Long.MAX_VALUE);
    machine.clock().correct();
    machine.resume();
    machine.start();
  }

  private Machine anyone() {
    return cluster.machines().get(random.nextInt(cluster.machines().size()));
  }

  private void make(Trouble kind) {
    Machine one = anyone();
    switch (kind) {
      case KILL -> down(one, Crash.ofProcess(), "kill");
      case POWER -> down(one, Crash.random(random), "power");
      case BLACKOUT -> cluster.machines().forEach(it -> down(it, Crash.random(random), "blackout"));
      case STOP -> {
        one.stop();
        startLater(one);
      }
      case PAUSE -> {
        one.pause();
        later(one::resume);
      }
      case ISOLATE -> {
        for (Machine other : cluster.machines()) {
          if (other != one) {
            cut(one, other);
          }
        }
        later(cluster::heal);
      }
      case CUT -> {
        cut(one, other(one));
        later(cluster::heal);
      }
      case ONE_WAY -> {
        cluster.cutOneWay(one.id(), other(one).id());
        later(cluster::heal);
      }
      case WEATHER -> weather();
      case BREAK -> cluster.network().breakConnections(one.id(), other(one).id());
      case DISK_ERROR, DISK_FULL -> disk(one, kind);
      case CLOCK -> {
        one.clock().jumpMs(random.nextLong(-100_000, 100_000));
        cluster.trace().add("clock of node-" + one.id() + " jumps");
      }
      case DEPOSE -> cluster.metadata().depose();
      case WIPE -> wipe(one);
    }
  }

  private void down(Machine machine, Crash crash, String how) {
    if (machine.life() != null) {
      machine.crash(crash, how);
    }
    startLater(machine);
  }

  private void startLater(Machine machine) {
    turns.after(
        random.nextInt(MEND_MS_MAX),
        () -> {
          if (machine.life() == null) {
            machine.start();
          } else if ((!machine.serves() || machine.isLeaving()) && !machine.isPaused()) {
            startLater(machine);
          }
        });
  }

  private void later(Runnable mending) {
    turns.after(random.nextInt(MEND_MS_MAX), mending);
  }

  private Machine other(Machine one) {
    return cluster.machine(
        1 + (one.id() + random.nextInt(cluster.machines().size() - 1)) % cluster.machines().size());
  }

  private void cut(Machine one, Machine other) {
    cluster.cutOneWay(one.id(), other.id());
    cluster.cutOneWay(other.id(), one.id());
  }

  private void weather() {
    int delayMs = 1 + random.nextInt(100);
    int lossPerMille = random.nextInt(20);
    cluster.trace().add("weather delay=" + delayMs + " loss=" + lossPerMille);
    cluster.network().weather(delayMs, lossPerMille);
    later(() -> cluster.network().weather(DELAY_MS, 0));
  }

  /** The disk that a machine has now fails; what the machine has after a crash works. */
  private void disk(Machine machine, Trouble kind) {
    cluster.trace().add(kind + " node-" + machine.id());
    var disk = machine.disk();
    if (kind == Trouble.DISK_FULL) {
      disk.capacityBytes(disk.usedBytes() + random.nextInt(10_000));
    } else if (random.nextBoolean()) {
      disk.faults(
          DiskFaults.nth(1 + random.nextInt(20), Operation.CHANGES, DiskException.Kind.FAILED));
    } else {
      disk.faults(DiskFaults.every(Operation.CHANGES, DiskException.Kind.FAILED));
    }
    later(() -> {
      machine.disk().faults(DiskFaults.none());
      machine.disk().capacityBytes(Long.MAX_VALUE);
      startLater(machine);
    });
  }

  private void wipe(Machine machine) {
    if (machine.life() != null && isWhole.getAsBoolean()) {
      machine.crash(Crash.losingUnsynced(), "for good");
      machine.wipe();
      startLater(machine);
    }
  }
}
