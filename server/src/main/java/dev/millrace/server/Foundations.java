package dev.millrace.server;

import dev.millrace.base.disk.DiskException;
import dev.millrace.base.disk.FileDisk;
import dev.millrace.base.time.SystemClock;
import dev.millrace.base.turns.ThreadOwners;
import dev.millrace.base.turns.Turns;
import dev.millrace.log.Journaling;
import dev.millrace.log.LogDirectory;
import dev.millrace.quorum.Quorum;
import dev.millrace.quorum.image.MetadataException;
import dev.millrace.quorum.log.SoloLog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * What everything in a node stands on: its owners, its directories and the replayed metadata.
 * Enough to look at a node's metadata and to change it while nobody is served.
 */
final class Foundations {
  private final NodePlan plan;
  private final Teardown teardown;
  private final ThreadOwners owners = new ThreadOwners();
  private final DirectoryEvents events = new DirectoryEvents();
  private final RandomGenerator random = Entropy.generator();
  private final DataDirectories directories;
  private final Quorum quorum;

  /**
   * Locks the directories and replays the metadata.
   *
   * @param leave closes a directory in the end
   * @param failed told when the metadata log fails
   * @throws StartException when a directory cannot be used or the metadata is damaged
   */
  Foundations(
      NodePlan plan,
      Teardown teardown,
      Consumer<LogDirectory> leave,
      Consumer<RuntimeException> failed) {
    this.plan = plan;
    this.teardown = teardown;
    teardown.add("owners", owners::close);
    this.directories = openDirectories(leave);
    this.quorum = startQuorum(failed);
  }

  DataDirectories directories() {
    return directories;
  }

  DirectoryEvents events() {
    return events;
  }

  Quorum quorum() {
    return quorum;
  }

  /** For the thread that starts the node. */
  RandomGenerator random() {
    return random;
  }

  /** A new owner. */
  Turns owner(String name) {
    return owners.owner(name);
  }

  /** Several new owners: {@code name-0} … */
  List<Turns> owners(String name, int count) {
    List<Turns> made = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      made.add(owners.owner(name + "-" + i));
    }
    return made;
  }

  private DataDirectories openDirectories(Consumer<LogDirectory> leave) {
    Path first = plan.directories().getFirst();
    DataDirectories opened =
        DataDirectories.open(plan, path -> environment(path, path.equals(first)), random);
    teardown.add("data directories", () -> opened.all().forEach(leave));
    return opened;
  }

  private LogDirectory.Environment environment(Path path, boolean isFirst) {
    Consumer<DiskException> offline =
        isFirst ? events::firstOffline : events.partitions()::onOffline;
    return new LogDirectory.Environment(
        FileDisk.INSTANCE,
        SystemClock.INSTANCE,
        owners.owner("disk-" + path.getFileName()),
        isFirst ? events.ofFirst() : events.partitions(),
        offline,
        new Journaling(
            plan.settings().longValue("millrace.journal.bytes"),
            Journaling.AFTER_ROUNDS,
            owners.owner("settler-" + path.getFileName())));
  }

  private Quorum startQuorum(Consumer<RuntimeException> failed) {
    Turns turns = owners.owner("quorum");
    Quorum started;
    try {
      SoloLog log =
          SoloLog.create(
              new SoloLog.Parts(
                  directories.all().getFirst(),
                  FileDisk.INSTANCE,
                  SystemClock.INSTANCE,
                  turns,
                  plan.nodeId()));
      events.connect(log);
      started =
          new Quorum(new Quorum.Parts(plan.nodeId(), turns, log, plan.written(), random, failed));
    } catch (MetadataException e) {
      throw StartException.obstacle(String.valueOf(e.getMessage()), e);
    }
    teardown.add("quorum", () -> Awaited.done(started::close));
    Boolean isNew = Awaited.answer("metadata cannot be read", started::start);
    System.getLogger("dev.millrace.server")
        .log(System.Logger.Level.DEBUG, "metadata is replayed, new=" + isNew);
    return started;
  }
}
