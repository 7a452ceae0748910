package dev.millrace.server;

import dev.millrace.base.disk.DiskException;
import dev.millrace.base.disk.FileDisk;
import dev.millrace.base.turns.ThreadOwners;
import dev.millrace.base.turns.Turns;
import dev.millrace.log.Journaling;
import dev.millrace.log.LogDirectory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** What everything in a node stands on: its owners and its directories. */
final class Foundations {
  private final NodePlan plan;
  private final Teardown teardown;
  private final ThreadOwners owners;
  private final DirectoryEvents events = new DirectoryEvents();
  private final RandomGenerator random = Entropy.generator();
  private DataDirectories directories;

  /**
   * Locks the directories.
   *
   * @param leave closes a directory in the end
   * @throws StartException when a directory cannot be used
   */
  Foundations(NodePlan plan, Teardown teardown, Consumer<LogDirectory> leave) {
    this.plan = plan;
    this.owners = new ThreadOwners(plan.clock());
    this.teardown = teardown;
    teardown.add("owners", owners::close);
    this.directories = openDirectories(leave);
  }

  DataDirectories directories() {
    return directories;
  }

  DirectoryEvents events() {
    return events;
  }

  /** What has to be undone when the node stops. */
  Teardown teardown() {
    return teardown;
  }

  /** Writes down whose the directories are; those of another cluster are refused. */
  void identify(String clusterId) {
    directories = directories.identified(plan.nodeId(), clusterId, random);
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
        plan.clock(),
        owners.owner("disk-" + path.getFileName()),
        isFirst ? events.ofFirst() : events.partitions(),
        offline,
        new Journaling(
            plan.settings().longValue("millrace.journal.bytes"),
            Journaling.AFTER_ROUNDS,
            owners.owner("settler-" + path.getFileName())),
        plan.settings().longValue("millrace.spare.bytes"));
  }
}
