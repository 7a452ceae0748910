package dev.millrace.bench.load;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;

/** Who leads and copies what in a cluster, asked by Apache's admin client. One thread uses it. */
public final class Layout implements AutoCloseable {
  private static final int TIMEOUT_MS = 600_000;
  private static final long LOOK_MS = 20;

  private final Admin admin;

  public Layout(String bootstrap) {
    this.admin =
        Admin.create(
            Map.of(
                "bootstrap.servers",
                bootstrap,
                "default.api.timeout.ms",
                TIMEOUT_MS,
                "request.timeout.ms",
                5_000,
                "reconnect.backoff.max.ms",
                100,
                "retry.backoff.max.ms",
                100));
  }

  /**
   * Creates a topic with so many copies, of which acks=all needs two when there are more. One that
   * is there was created by a request whose answer took too long for the client.
   */
  public void create(String topic, int partitions, int copies) {
    String needed = Integer.toString(Math.min(2, copies));
    NewTopic asked =
        new NewTopic(topic, partitions, (short) copies)
            .configs(Map.of("min.insync.replicas", needed));
    try {
      admin.createTopics(List.of(asked)).all().get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw new IllegalStateException("topic was not created: " + e, e);
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** Waits until all partitions of the topics have a leader and so many copies in sync. */
  public void awaitWhole(Collection<String> topics, int copies) {
    await(topics, partition -> partition.leader() != null && partition.isr().size() >= copies);
  }

  /** Waits until all partitions are led by somebody else than a node. */
  public void awaitLedWithout(Collection<String> topics, int node) {
    await(
        topics,
        partition -> {
          Node leader = partition.leader();
          return leader != null && !leader.isEmpty() && leader.id() != node;
        });
  }

  private interface Wish {
    boolean isTrue(TopicPartitionInfo partition);
  }

  private void await(Collection<String> topics, Wish wish) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MS);
    for (String topic : topics) {
      while (!topic(topic).map(all -> all.stream().allMatch(wish::isTrue)).orElse(false)) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException("partitions are not as they shall be, topic=" + topic);
        }
        Pause.millis(LOOK_MS);
      }
    }
  }

  /** Makes the first copy of every partition its leader again. */
  public void preferred() {
    try {
      admin.electLeaders(ElectionType.PREFERRED, null).all().get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      // some had nothing to change; the next look tells who leads
    } catch (TimeoutException e) {
      throw new IllegalStateException("leaders were not elected", e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** Partitions that each node leads, by its id. */
  public Map<Integer, Integer> leaderships(Collection<String> topics) {
    Map<Integer, Integer> counts = new HashMap<>();
    for (String topic : topics) {
      for (TopicPartitionInfo partition : topic(topic).orElse(List.of())) {
        if (partition.leader() != null) {
          counts.merge(partition.leader().id(), 1, Integer::sum);
        }
      }
    }
    return counts;
  }

  /** The leader of a partition. */
  public int leader(String topic, int partition) {
    return topic(topic).orElse(List.of()).stream()
        .filter(one -> one.partition() == partition && one.leader() != null)
        .map(one -> one.leader().id())
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no leader, topic=" + topic));
  }

  /** A partition that a node leads. */
  public int ledBy(String topic, int node) {
    return topic(topic).orElse(List.of()).stream()
        .filter(one -> one.leader() != null && one.leader().id() == node)
        .map(TopicPartitionInfo::partition)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("leads nothing, node=" + node));
  }

  /** The node that decides on the metadata. */
  public int controller() {
    return get(admin.describeMetadataQuorum().quorumInfo()).leaderId();
  }

  /** Nothing when it is not known for the moment. */
  private Optional<List<TopicPartitionInfo>> topic(String topic) {
    try {
      Map<String, TopicDescription> found =
          admin
              .describeTopics(List.of(topic))
              .allTopicNames()
              .get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
      return Optional.ofNullable(found.get(topic)).map(TopicDescription::partitions);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RetriableException) {
        return Optional.empty();
      }
      throw new IllegalStateException("cannot describe a topic, topic=" + topic, e);
    } catch (TimeoutException e) {
      throw new IllegalStateException("cannot describe a topic, topic=" + topic, e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static <T> T get(KafkaFuture<T> future) {
    try {
      return future.get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the cluster does not answer: " + e, e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static IllegalStateException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("interrupted", e);
  }

  @Override
  public void close() {
    admin.close();
  }
}
