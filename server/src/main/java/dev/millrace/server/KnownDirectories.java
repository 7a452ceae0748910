package dev.millrace.server;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.broker.life.BrokerLife;
import dev.millrace.log.LogDirectory;
import dev.millrace.replica.DirectoryReport;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * How the log directories of a node are, by the ids that the cluster knows them by. Safe for any
 * thread.
 *
 * @param ids of the directories, in their order: one that failed cannot be asked
 * @param settings the node's effective ones
 */
record KnownDirectories(List<LogDirectory> all, List<Uuid> ids, Supplier<BrokerSettings> settings)
    implements BrokerLife.Directories {
  @Override
  public List<Uuid> offline() {
    return those(directory -> !directory.isOnline());
  }

  @Override
  public List<Uuid> cordoned() {
    List<String> named = settings.get().listValue("cordoned.log.dirs");
    return named.isEmpty()
        ? List.of()
        : those(directory -> DirectoryReport.names(named, directory.path()));
  }

  private List<Uuid> those(Predicate<LogDirectory> wanted) {
    List<Uuid> found = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if (wanted.test(all.get(i))) {
        found.add(ids.get(i));
      }
    }
    return found;
  }
}
