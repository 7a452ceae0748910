package dev.millrace.log.checkpoint;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.disk.Disk;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which topic a partition's directory belongs to, {@code partition.metadata} (KIP-516): a topic
 * that was deleted and created again has the same name and another id.
 *
 * <pre>
 *   version: 0
 *   topic_id: nZ0tNoNGQFqDpNcFtKIO9g
 * </pre>
 */
public final class PartitionMetadata {
  public static final String NAME = "partition.metadata";

  /** Characters of an id. */
  private static final int ID_LENGTH = 22;

  private static final Pattern NEWER = Pattern.compile("[1-9][0-9]{0,8}");

  private PartitionMetadata() {}

  /** The text of the file. */
  public static String text(Uuid topicId) {
    return "version: 0\ntopic_id: " + topicId + "\n";
  }

  /**
   * The id of the topic; null when there is no such file, or only its beginning: it is made lasting
   * with the first records, so a power cut before that may leave it unfinished.
   *
   * @throws NewerFileException when a later release wrote it
   * @throws CorruptFileException when it cannot be read
   */
  public static @Nullable Uuid read(Disk disk, Path path) {
    String text = WholeFile.readText(disk, path);
    if (text == null) {
      return null;
    }
    String version = field(text, "version:");
    String id = field(text, "topic_id:");
    if (version == null || id == null || id.length() < ID_LENGTH || text.indexOf('\0') >= 0) {
      return null;
    }
    if (!version.equals("0")) {
      throw NEWER.matcher(version).matches()
          ? new NewerFileException(path, version)
          : new CorruptFileException(path, "partition metadata is not of version 0");
    }
    try {
      return Uuid.parse(id);
    } catch (IllegalArgumentException malformed) {
      throw new CorruptFileException(path, "topic_id is no id", malformed);
    }
  }

  private static @Nullable String field(String text, String name) {
    return text.lines()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()).strip())
        .findFirst()
        .orElse(null);
  }
}
