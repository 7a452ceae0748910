package dev.millrace.broker;

import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.ConfigResource;
import dev.millrace.quorum.image.ConfigScope;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the cluster's image says about each group, read once a group and image. Groups without
 * settings of their own share one answer. Safe for any thread.
 *
 * @param <R> what is read
 */
public final class GroupRules<R> {
  /** Most groups whose rules are remembered. */
  private static final int REMEMBERED_MAX = 10_000;

  private final Node node;
  private final Reader<R> reader;
  private volatile Read<R> last;

  /** Makes the rules of a group from what is set. */
  @FunctionalInterface
  public interface Reader<R> {
    /**
     * The rules of a group.
     *
     * @param ofGroup what is set for the group itself, by name
     */
    R read(ClusterImage image, BrokerSettings broker, Map<String, String> ofGroup);
  }

  /** What was read from one image. */
  private record Read<R>(ClusterImage image, BrokerSettings broker, Map<String, R> ofGroups) {
    static <R> Read<R> of(Node node, ClusterImage image) {
      return new Read<>(image, node.settings(image), new ConcurrentHashMap<>());
    }
  }

  /** Rules as the reader makes them. */
  public GroupRules(Node node, Reader<R> reader) {
    this.node = node;
    this.reader = reader;
    this.last = Read.of(node, node.image());
  }

  /** The rules of a group by the newest image. */
  public R of(String groupId) {
    ClusterImage image = node.image();
    Read<R> read = last;
    if (read.image() != image) {
      read = Read.of(node, image);
      last = read;
    }
    Map<String, String> own = image.configs(new ConfigResource(ConfigScope.GROUP, groupId));
    String key = own.isEmpty() ? "" : groupId;
    R known = read.ofGroups().get(key);
    if (known == null) {
      known = reader.read(image, read.broker(), own);
      if (read.ofGroups().size() < REMEMBERED_MAX) {
        read.ofGroups().put(key, known);
      }
    }
    return known;
  }
}
