package dev.millrace.broker;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.quorum.record.RegisterBrokerRecord.BrokerEndpoint;
import dev.millrace.wire.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who leads what a request came to the wrong broker for: an answer names it with its address, so
 * that the client goes there without asking for metadata (KIP-951). Lives as long as one answer.
 */
public final class Leaders {
  private final ClusterImage image;
  private final String listener;
  private final Map<Integer, BrokerImage> named = new TreeMap<>();

  public Leaders(Node node, Call call) {
    this.image = node.image();
    this.listener = call.connection().listener();
  }

  /** Whether an error says that the client came to the wrong broker, or in the wrong epoch. */
  public static boolean areElsewhere(@Nullable ErrorCode error) {
    return error == ErrorCode.NOT_LEADER_OR_FOLLOWER || error == ErrorCode.FENCED_LEADER_EPOCH;
  }

  /** A node as the answer's own record. */
  @FunctionalInterface
  public interface Endpoint<T> {
    T of(int id, String host, int port, @Nullable String rack);
  }

  /** The partition as the cluster knows it when {@code error} sends the client elsewhere. */
  public @Nullable PartitionImage after(@Nullable ErrorCode error, Uuid topicId, int index) {
    if (!areElsewhere(error)) {
      return null;
    }
    PartitionImage partition = image.partition(topicId, index);
    BrokerImage leader = partition == null ? null : image.broker(partition.leader());
    if (leader != null && leader.endpoint(listener) != null) {
      named.put(leader.id(), leader);
    }
    return partition;
  }

  /** The same of a topic by its name. */
  public @Nullable PartitionImage after(@Nullable ErrorCode error, String topic, int index) {
    TopicImage known = image.topic(topic);
    return known == null ? null : after(error, known.id(), index);
  }

  /** The leaders that were named, in the order of their ids. */
  public <T> List<T> endpoints(Endpoint<T> form) {
    return named.values().stream().map(leader -> endpoint(leader, form)).toList();
  }

  private <T> T endpoint(BrokerImage leader, Endpoint<T> form) {
    BrokerEndpoint at = leader.endpoint(listener);
    return at == null
        ? form.of(leader.id(), "", -1, null)
        : form.of(leader.id(), at.host(), at.port(), leader.rack());
  }
}
