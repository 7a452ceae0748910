package dev.millrace.log.checkpoint;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.disk.Disk;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Whom a log directory belongs to, {@code meta.properties} version 1.
 *
 * <pre>
 *   cluster.id=...
 *   directory.id=...      absent in directories of Apache Kafka before 3.7
 *   node.id=1
 *   version=1
 * </pre>
 *
 * @param clusterId the cluster, 22 characters by custom
 * @param nodeId the node, from 0 on
 * @param directoryId of this directory alone (KIP-858), null when it has none yet
 */
public record MetaProperties(String clusterId, int nodeId, @Nullable Uuid directoryId) {
  public static final String NAME = "meta.properties";

  private static final String VERSION = "1";

  /** Replaces the file; it is on disk when this returns. */
  public static void write(Disk disk, Path path, MetaProperties meta) {
    StringBuilder text = new StringBuilder(128);
    text.append("cluster.id=").append(meta.clusterId).append('\n');
    if (meta.directoryId != null) {
      text.append("directory.id=").append(meta.directoryId).append('\n');
    }
    text.append("node.id=").append(meta.nodeId).append('\n');
    text.append("version=").append(VERSION).append('\n');
    WholeFile.replace(disk, path, text.toString());
  }

  /** The content, or null when there is no such file. */
  public static @Nullable MetaProperties read(Disk disk, Path path) {
    String text = WholeFile.readText(disk, path);
    if (text == null) {
      return null;
    }
    Properties properties = parse(path, text);
    String version = properties.getProperty("version");
    if (version != null && version.matches("[2-9]|[1-9][0-9]{1,8}")) {
      throw new NewerFileException(path, version);
    }
    String cluster = properties.getProperty("cluster.id");
    String node = properties.getProperty("node.id");
    if (!VERSION.equals(version) || cluster == null || node == null) {
      throw new CorruptFileException(
          path, "meta.properties needs version=1, cluster.id and node.id, version=" + version);
    }
    String directory = properties.getProperty("directory.id");
    try {
      return new MetaProperties(
          cluster, Integer.parseInt(node), directory == null ? null : Uuid.parse(directory));
    } catch (IllegalArgumentException malformed) {
      throw new CorruptFileException(path, "meta.properties has a malformed id", malformed);
    }
  }

  private static Properties parse(Path path, String text) {
    Properties properties = new Properties();
    try {
      properties.load(new StringReader(text));
    } catch (IOException | IllegalArgumentException malformed) {
      throw new CorruptFileException(path, "meta.properties is malformed", malformed);
    }
    return properties;
  }
}
