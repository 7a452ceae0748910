package dev.millrace.sim.cluster;

import dev.millrace.base.disk.DiskException;
import dev.millrace.base.sim.Crash;
import dev.millrace.base.sim.SimDisk;
import dev.millrace.base.sim.SimOwners;
import dev.millrace.log.checkpoint.CorruptFileException;
import org.jspecify.annotations.Nullable;

/** A machine of a node: its disk and its clocks, and the process that runs on it at the moment. */
public final class Machine {
  private static final long RESTART_MS = 1_000;

  private final SimCluster cluster;
  private final int id;
  private final MachineClock clock;
  private final SimOwners.Machine owners;
  private SimDisk disk;
  private @Nullable Life life;
  private boolean paused;
  private boolean leaving;
  private int lives;

  Machine(SimCluster cluster, int id, long originNanos) {
    this.cluster = cluster;
    this.id = id;
    this.clock = new MachineClock(cluster.owners().clock(), originNanos);
    this.owners = cluster.owners().machine("node-" + id);
    this.disk = new SimDisk(clock);
  }

  SimCluster cluster() {
    return cluster;
  }

  /** The node's id. */
  public int id() {
    return id;
  }

  /** What its process reads the time from. */
  public MachineClock clock() {
    return clock;
  }

  /** The disk of now: after a crash it is another one. */
  public SimDisk disk() {
    return disk;
  }

  /** The process, or null while there is none. */
  public @Nullable Life life() {
    return life;
  }

  /** Whether a process is there and not stopped. */
  public boolean runs() {
    return life != null && !paused;
  }

  public boolean isPaused() {
    return paused;
  }

  /** Whether its process was asked to stop and has not done so yet. */
  public boolean isLeaving() {
    return leaving;
  }

  /** Whether clients are let in. */
  public boolean serves() {
    return life != null && !paused && life.serves();
  }

  /** How many processes there were. */
  public int lives() {
    return lives;
  }

  /** Starts a process; nothing happens when there is one. */
  public void start() {
    if (life != null) {
      return;
    }
    cluster.trace().add("start node-" + id);
    try {
      life = new Life(this, owners, ++lives);
    } catch (DiskException fault) {
      cluster.trace().add("node-" + id + " does not start: " + fault.getMessage());
      died();
      disk = disk.crashed(Crash.ofProcess());
    } catch (CorruptFileException fault) {
      cluster.broken("node-" + id + " does not start after a fault: " + fault.getMessage());
      died();
      disk = disk.crashed(Crash.ofProcess());
    }
  }

  /** Ends the process without warning. */
  public void crash(Crash crash, String how) {
    cluster.trace().add("crash node-" + id + " " + how);
    died();
    disk = disk.crashed(crash);
  }

  /** Asks the process to stop in order, which it may do within seconds, or not at all. */
  public void stop() {
    Life leaves = life;
    if (leaves != null && !leaving) {
      cluster.trace().add("stop node-" + id);
      leaving = true;
      leaves.leave(() -> cluster.supervisor().submit(() -> left(leaves)));
    }
  }

  private void left(Life gone) {
    if (life == gone) {
      cluster.trace().add("node-" + id + " has stopped");
      died();
      disk = disk.crashed(Crash.ofProcess());
    }
  }

  /** The process ended by itself; a supervisor starts another one. */
  void ended(Life gone) {
    if (life == gone) {
      died();
      disk = disk.crashed(Crash.ofProcess());
      startSoon();
    }
  }

  /** As a supervisor does it, until one lives. */
  private void startSoon() {
    cluster
        .supervisor()
        .after(
            RESTART_MS,
            () -> {
              start();
              if (life == null) {
                startSoon();
              }
            });
  }

  private void died() {
    life = null;
    leaving = false;
    owners.crash();
    cluster.network().kill(id);
    cluster.metadata().crash(id);
    if (paused) {
      paused = false;
      cluster.look();
    }
  }

  /** Stops the process where it is. */
  public void pause() {
    if (life != null && !paused) {
      cluster.trace().add("pause node-" + id);
      paused = true;
      owners.pause();
      cluster.look();
    }
  }

  /** Lets it go on. */
  public void resume() {
    if (paused) {
      cluster.trace().add("resume node-" + id);
      paused = false;
      owners.resume();
      cluster.look();
    }
  }

  /** An empty disk takes the place of this one; the process must be dead. */
  public void wipe() {
    if (life != null) {
      throw new IllegalStateException("process uses the disk, node=" + id);
    }
    cluster.trace().add("wipe node-" + id);
    disk = new SimDisk(clock);
  }
}
