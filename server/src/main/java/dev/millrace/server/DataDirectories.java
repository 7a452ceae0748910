package dev.millrace.server;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.disk.DiskException;
import dev.millrace.log.LogDirectory;
import dev.millrace.log.LogDirectory.Environment;
import dev.millrace.log.checkpoint.CleanStop;
import dev.millrace.log.checkpoint.CorruptFileException;
import dev.millrace.log.checkpoint.MetaProperties;
import dev.millrace.log.checkpoint.NewerFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The directories that hold everything a node keeps. Opening them takes their locks and makes sure
 * that they belong to this node; the first start writes down whose they are.
 *
 * @param all the first one holds the metadata log
 * @param missing those that could not be opened; never the first one
 * @param clusterId of the cluster that they belong to; empty while nobody has said it
 */
record DataDirectories(List<LogDirectory> all, List<Path> missing, String clusterId) {
  private static final System.Logger LOG = System.getLogger("dev.millrace.server");
  private static final String METADATA_LOG = "__cluster_metadata-0";

  /**
   * Opens all of them.
   *
   * @param environments what each needs of the world, by its path
   * @throws StartException when one cannot be used
   */
  static DataDirectories open(
      NodePlan plan, Function<Path, Environment> environments, RandomGenerator random) {
    List<LogDirectory> opened = new ArrayList<>();
    List<Path> missing = new ArrayList<>();
    try {
      for (Path path : plan.directories()) {
        try {
          opened.add(open(path, environments.apply(path)));
        } catch (StartException e) {
          if (!isDispensable(plan, path, e)) {
            throw e;
          }
          LOG.log(System.Logger.Level.ERROR, "going on without a directory: " + e.getMessage());
          missing.add(path);
        }
      }
      DataDirectories all = known(opened, missing, plan.nodeId());
      if (plan.isAlone() || all.clusterId.isEmpty()) {
        checkMetadata(opened);
      }
      return plan.isAlone() ? all.identified(plan.nodeId(), all.idOrNew(random), random) : all;
    } catch (RuntimeException e) {
      opened.forEach(DataDirectories::giveBack);
      throw e instanceof NewerFileException
          ? StartException.obstacle(String.valueOf(e.getMessage()), e)
          : e;
    }
  }

  /** The node that may use it finds it as it was. */
  private static void giveBack(LogDirectory directory) {
    try {
      directory.giveBack();
    } catch (DiskException fault) {
      directory.abandon();
    }
  }

  /**
   * Whether the node does without a directory whose disk fails. A cluster knows what lies in it,
   * and has others serve that; a node alone does not, and the metadata is needed in any case.
   */
  private static boolean isDispensable(NodePlan plan, Path path, StartException why) {
    return !plan.isAlone()
        && !path.equals(plan.directories().getFirst())
        && why.getCause() instanceof DiskException fault
        && fault.kind() != DiskException.Kind.LOCKED
        && fault.kind() != DiskException.Kind.FULL;
  }

  /** Ids of the directories, in their order. */
  List<Uuid> ids() {
    return all.stream()
        .map(directory -> Objects.requireNonNull(directory.identity()).directoryId())
        .filter(Objects::nonNull)
        .toList();
  }

  /** The broker epoch under which all of them were closed in order; -1 when one was not. */
  long cleanEpoch() {
    Set<Long> epochs = new HashSet<>();
    all.forEach(directory -> epochs.add(directory.cleanStop().orElse(CleanStop.NO_EPOCH)));
    return epochs.size() == 1 ? epochs.iterator().next() : CleanStop.NO_EPOCH;
  }

  private static LogDirectory open(Path path, Environment environment) {
    try {
      return LogDirectory.open(path, environment);
    } catch (DiskException e) {
      throw StartException.obstacle(explained(path, e), e);
    } catch (CorruptFileException e) {
      throw StartException.obstacle(
          "data directory has a damaged file, restore it from a backup: " + e.getMessage(), e);
    }
  }

  private static String explained(Path path, DiskException e) {
    return switch (e.kind()) {
      case LOCKED ->
          "data directory is in use by another node, stop that node or choose another --data, dir="
              + path;
      case DENIED ->
          "data directory can't be written, give this user the right to or choose another --data,"
              + " dir="
              + path;
      case FULL -> "disk is full, make room or choose another --data, dir=" + path;
      case EXISTS, MISSING, FAILED ->
          "data directory can't be used, choose another --data, dir="
              + path
              + " cause="
              + e.getMessage();
    };
  }

  private String idOrNew(RandomGenerator random) {
    return clusterId.isEmpty() ? Uuid.random(random).toString() : clusterId;
  }

  private static DataDirectories known(List<LogDirectory> opened, List<Path> missing, int nodeId) {
    String clusterId = null;
    for (LogDirectory directory : opened) {
      MetaProperties identity = identity(directory);
      if (identity != null) {
        checkNode(directory, identity, nodeId);
        if (clusterId != null && !clusterId.equals(identity.clusterId())) {
          throw StartException.obstacle(
              "data directories belong to different clusters, dir="
                  + directory.path()
                  + " cluster="
                  + identity.clusterId()
                  + " others="
                  + clusterId,
              null);
        }
        clusterId = identity.clusterId();
      }
    }
    return new DataDirectories(
        List.copyOf(opened), List.copyOf(missing), clusterId == null ? "" : clusterId);
  }

  /**
   * The same with a cluster that they belong to from now on.
   *
   * @throws StartException when they belong to another one
   */
  DataDirectories identified(int nodeId, String cluster, RandomGenerator random) {
    if (!clusterId.isEmpty() && !clusterId.equals(cluster)) {
      throw StartException.obstacle(
          "data directory belongs to another cluster, choose another --data or correct"
              + " controller.quorum.voters, dir="
              + all.getFirst().path()
              + " cluster="
              + clusterId
              + " voters' cluster="
              + cluster,
          null);
    }
    for (LogDirectory directory : all) {
      identify(directory, new MetaProperties(cluster, nodeId, Uuid.random(random)));
    }
    return new DataDirectories(all, missing, cluster);
  }

  private static @Nullable MetaProperties identity(LogDirectory directory) {
    try {
      return directory.identity();
    } catch (NewerFileException e) {
      throw StartException.obstacle(String.valueOf(e.getMessage()), e);
    } catch (CorruptFileException e) {
      throw StartException.obstacle(
          "data directory does not say whose it is, restore the file: " + e.getMessage(), e);
    }
  }

  private static void checkNode(LogDirectory directory, MetaProperties identity, int nodeId) {
    if (identity.nodeId() != nodeId) {
      throw StartException.obstacle(
          "data directory belongs to another node, start with --set node.id="
              + identity.nodeId()
              + " or choose another --data, dir="
              + directory.path()
              + " node.id="
              + nodeId,
          null);
    }
  }

  /**
   * Partitions without a metadata log would be strays, and strays are removed. A node of a cluster
   * gets the metadata from the others, of the cluster that its directories belong to or not at all.
   */
  private static void checkMetadata(List<LogDirectory> opened) {
    List<String> partitions = new ArrayList<>();
    for (LogDirectory directory : opened) {
      directory.entries().forEach(entry -> partitions.add(entry.partition().toString()));
    }
    if (!partitions.isEmpty() && !partitions.contains(METADATA_LOG)) {
      throw StartException.obstacle(
          "data directory has partitions but no metadata log, so nobody knows their topics; choose"
              + " another --data, or restore "
              + METADATA_LOG
              + ", dir="
              + opened.getFirst().path()
              + " partitions="
              + partitions.size(),
          null);
    }
  }

  private static void identify(LogDirectory directory, MetaProperties fresh) {
    MetaProperties identity = directory.identity();
    if (identity != null && identity.directoryId() != null) {
      return;
    }
    try {
      directory.identify(fresh);
    } catch (DiskException e) {
      throw StartException.obstacle(explained(directory.path(), e), e);
    }
  }
}
