package dev.millrace.quorum.voters;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.disk.Disk;
import dev.millrace.log.checkpoint.WholeFile;
import dev.millrace.quorum.image.MetadataException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How this node belongs to a group of voters; the file {@code membership} of lines {@code
 * name=value} in {@code __cluster_metadata-0/raft}. It is written once, and is what makes the node
 * a member.
 *
 * @param group made up by the node that founded it
 * @param clusterId of the cluster that the group leads
 * @param epochBase leader epochs are this and the group's term
 * @param incarnation of this node's disk
 * @param founder whether this node founded the group
 * @param offset where the group's log begins; for the founder
 * @param epoch of the founding snapshot; for the founder
 */
public record Membership(
    Uuid group,
    String clusterId,
    int epochBase,
    Uuid incarnation,
    boolean founder,
    long offset,
    int epoch) {
  private static final String NAME = "membership";
  private static final String VERSION = "0";

  /** What the directory of the group says; null when the node belongs to none. */
  static @Nullable Membership read(Disk disk, Path directory) {
    Path path = directory.resolve(NAME);
    String text = WholeFile.readText(disk, path);
    if (text == null) {
      return null;
    }
    Map<String, String> values = new HashMap<>();
    for (String line : text.lines().toList()) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        values.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    if (!VERSION.equals(values.get("version"))) {
      throw new MetadataException(
          "file is from a newer release, start that one or choose another --data, version="
              + values.get("version")
              + ", path="
              + path);
    }
    try {
      return new Membership(
          Uuid.parse(value(values, "group.id")),
          value(values, "cluster.id"),
          Integer.parseInt(value(values, "epoch.base")),
          Uuid.parse(value(values, "incarnation")),
          Boolean.parseBoolean(value(values, "founder")),
          Long.parseLong(value(values, "offset")),
          Integer.parseInt(value(values, "epoch")));
    } catch (IllegalArgumentException wrong) {
      throw new MetadataException("file is malformed, path=" + path, wrong);
    }
  }

  void write(Disk disk, Path directory) {
    String text =
        "version="
            + VERSION
            + "\ngroup.id="
            + group
            + "\ncluster.id="
            + clusterId
            + "\nepoch.base="
            + epochBase
            + "\nincarnation="
            + incarnation
            + "\nfounder="
            + founder
            + "\noffset="
            + offset
            + "\nepoch="
            + epoch
            + "\n";
    disk.createDirectories(directory);
    WholeFile.replace(disk, directory.resolve(NAME), text);
  }

  /** Takes the membership back, then all that was kept beside it. */
  static void forget(Disk disk, Path directory) {
    disk.delete(directory.resolve(NAME));
    disk.syncDirectory(directory);
    removeTree(disk, directory);
  }

  private static void removeTree(Disk disk, Path directory) {
    for (String name : disk.list(directory)) {
      Path path = directory.resolve(name);
      if (disk.isDirectory(path)) {
        removeTree(disk, path);
      } else {
        disk.delete(path);
      }
    }
    disk.delete(directory);
  }

  private static String value(Map<String, String> values, String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("missing " + name);
    }
    return value;
  }
}
