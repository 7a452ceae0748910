package dev.millrace.quorum.log;

import dev.millrace.base.disk.DiskException;
import dev.millrace.base.settings.StaticSettings;
import dev.millrace.base.sim.Crash;
import dev.millrace.base.sim.SimDisk;
import dev.millrace.base.sim.SimOwners;
import dev.millrace.base.turns.Turns;
import dev.millrace.log.LogDirectory;
import dev.millrace.log.PartitionLog;
import dev.millrace.quorum.Quorum;
import dev.millrace.quorum.control.Command;
import dev.millrace.quorum.control.Outcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A simulated machine whose node keeps its metadata on a disk that forgets. */
final class SoloNode {
  static final Path DATA = Path.of("/data");
  static final Path LOG = DATA.resolve(SoloLog.PARTITION.toString());
  static final int ID = 1;

  final SimOwners owners;
  final List<RuntimeException> failures = new ArrayList<>();
  private final Map<String, String> settings;
  private final SimOwners.Machine machine;
  SimDisk disk;
  private @Nullable Life life;

  /** What ends with a crash. */
  private record Life(LogDirectory directory, Quorum quorum) {}

  SoloNode(long seed, Map<String, String> settings) {
    this.owners = new SimOwners(seed);
    this.settings = settings;
    machine = owners.machine("node");
    disk = new SimDisk(owners.clock());
  }

  /** Opens everything; the quorum's answer when it is ready comes through {@code await}. */
  Outcome<Boolean> start() {
    AtomicReference<@Nullable SoloLog> log = new AtomicReference<>();
    LogDirectory directory =
        LogDirectory.open(
            DATA,
            new LogDirectory.Environment(
                disk,
                owners.clock(),
                machine.owner("disk"),
                (synced, end) -> durable(log.get(), synced, end),
                fault -> offline(log.get(), fault)));
    Turns turns = machine.owner("quorum");
    SoloLog solo = SoloLog.create(new SoloLog.Parts(directory, disk, owners.clock(), turns, ID));
    log.set(solo);
    Quorum quorum =
        new Quorum(
            new Quorum.Parts(
                ID,
                turns,
                solo,
                StaticSettings.read(settings),
                owners.random("controller" + owners.clock().elapsedNanos()),
                failures::add));
    life = new Life(directory, quorum);
    AtomicReference<@Nullable Outcome<Boolean>> ready = new AtomicReference<>();
    quorum.start(ready::set);
    owners.runUntil(() -> ready.get() != null, 10_000);
    return Objects.requireNonNull(ready.get());
  }

  private static void durable(@Nullable SoloLog log, PartitionLog synced, long end) {
    if (log != null) {
      log.onDurable(synced, end);
    }
  }

  private static void offline(@Nullable SoloLog log, DiskException fault) {
    if (log != null) {
      log.failed(fault);
    }
  }

  Quorum quorum() {
    return Objects.requireNonNull(life).quorum();
  }

  /** The power goes; what was not synced is at the mercy of {@code crash}. */
  void crash(Crash crash) {
    machine.crash();
    disk = disk.crashed(crash);
    life = null;
  }

  void stop() {
    AtomicReference<Boolean> closed = new AtomicReference<>(false);
    quorum().close(() -> closed.set(true));
    owners.runUntil(closed::get, 10_000);
    Objects.requireNonNull(life).directory().close(-1);
    machine.crash();
    life = null;
  }

  <R> Outcome<R> ask(Command<R> command) {
    AtomicReference<@Nullable Outcome<R>> outcome = new AtomicReference<>();
    quorum().submit(command, outcome::set);
    owners.runUntil(() -> outcome.get() != null, 10_000);
    return Objects.requireNonNull(outcome.get());
  }
}
