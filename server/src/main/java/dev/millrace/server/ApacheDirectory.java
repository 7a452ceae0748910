package dev.millrace.server;

import dev.millrace.base.disk.Disk;
import dev.millrace.base.disk.DiskException;
import dev.millrace.base.disk.FileDisk;
import dev.millrace.log.LogDirectory;
import dev.millrace.log.checkpoint.CleanStop;
import dev.millrace.log.checkpoint.CorruptFileException;
import dev.millrace.log.checkpoint.MetaProperties;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A log directory as Apache Kafka left it. Only looked at, never written.
 *
 * @param nodeId of the node that wrote it
 * @param isClean whether that node was stopped in order
 */
record ApacheDirectory(Path path, String clusterId, int nodeId, boolean isClean) {
  private static final String METADATA_LOG = "__cluster_metadata-0";
  private static final String LOCK = ".lock";

  /** There while a directory is being made of another one. */
  private static final String UNFINISHED = "millrace-import-unfinished";

  /**
   * Looks at a directory.
   *
   * @throws StartException when it cannot be taken over
   */
  static ApacheDirectory at(Path path) {
    if (!Files.isDirectory(path)) {
      throw StartException.obstacle("no such directory, dir=" + path, null);
    }
    if (LogDirectory.isKnown(FileDisk.INSTANCE, path)) {
      throw StartException.obstacle(
          "directory is Millrace's own already, start with --data, dir=" + path, null);
    }
    MetaProperties identity = identity(path);
    if (identity == null) {
      throw StartException.obstacle(
          "directory has no meta.properties, so it is no log directory of a Kafka node, dir="
              + path,
          null);
    }
    if (!Files.isDirectory(path.resolve(METADATA_LOG))) {
      throw StartException.obstacle(
          "directory has no metadata log; one of a node that used ZooKeeper, or the second one of a"
              + " node with several, cannot be taken over, dir="
              + path,
          null);
    }
    checkNotInUse(path);
    return new ApacheDirectory(
        path, identity.clusterId(), identity.nodeId(), Files.exists(path.resolve(CleanStop.NAME)));
  }

  /** Marks a directory that is about to be made of another one. */
  static void begin(Path made) throws IOException {
    Files.createDirectories(made);
    Files.createFile(made.resolve(UNFINISHED));
  }

  /** The directory is whole. */
  static void end(Path made) throws IOException {
    Files.delete(made.resolve(UNFINISHED));
    FileDisk.INSTANCE.syncDirectory(made);
  }

  /**
   * Refuses a directory of Apache's as a data directory: opening it would change it. One that is
   * made only in part would be taken for a node that lost what is missing.
   *
   * @throws StartException when it is one
   */
  static void refuse(Path path) {
    if (Files.exists(path.resolve(UNFINISHED))) {
      throw StartException.obstacle(
          "data directory has only a part of what was to be imported, delete it and run millrace"
              + " import again, dir="
              + path,
          null);
    }
    if (Files.isDirectory(path.resolve(METADATA_LOG))
        && !LogDirectory.isKnown(FileDisk.INSTANCE, path)) {
      throw StartException.obstacle(
          "data directory was written by Apache Kafka, take it over with: millrace import "
              + path
              + " --data NEW",
          null);
    }
  }

  private static @Nullable MetaProperties identity(Path path) {
    try {
      return MetaProperties.read(FileDisk.INSTANCE, path.resolve(MetaProperties.NAME));
    } catch (CorruptFileException e) {
      throw StartException.obstacle(String.valueOf(e.getMessage()), e);
    }
  }

  private static void checkNotInUse(Path path) {
    Path lock = path.resolve(LOCK);
    if (!Files.exists(lock)) {
      return;
    }
    try (Disk.Lock held = FileDisk.INSTANCE.lock(lock)) {
      if (held == null) {
        throw new IllegalStateException("lock is neither held nor refused");
      }
    } catch (DiskException e) {
      throw StartException.obstacle(
          "directory is in use, stop the node that uses it first, dir=" + path, e);
    }
  }
}
