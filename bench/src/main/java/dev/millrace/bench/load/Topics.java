package dev.millrace.bench.load;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.RetriableException;

/** Creates topics by Apache's admin client. */
public final class Topics {
  private static final int TIMEOUT_MS = 120_000;
  private static final long PAUSE_MS = 50;

  private Topics() {}

  /**
   * Creates a topic and waits until the leaders of all its partitions answer. A producer that
   * starts before is refused and tries again, which would be told as latency.
   */
  public static void create(String bootstrap, String topic, int partitions) {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", bootstrap, "default.api.timeout.ms", TIMEOUT_MS);
    try (Admin admin = Admin.create(settings)) {
      admin
          .createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
          .all()
          .get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
      awaitLeaders(admin, topic, partitions);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(
          "cannot create a topic, topic=" + topic + " partitions=" + partitions + ": " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Deletes a topic: what a later round writes finds its room. */
  public static void delete(String bootstrap, String topic) {
    try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrap))) {
      admin.deleteTopics(List.of(topic)).all().get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("cannot delete a topic, topic=" + topic + ": " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Changes settings of a topic. */
  public static void alter(String bootstrap, String topic, Map<String, String> settings) {
    List<AlterConfigOp> changes =
        settings.entrySet().stream()
            .map(one ->
                new AlterConfigOp(
                    new ConfigEntry(one.getKey(), one.getValue()), AlterConfigOp.OpType.SET))
            .toList();
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrap))) {
      admin
          .incrementalAlterConfigs(Map.of(resource, changes))
          .all()
          .get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("cannot change a topic, topic=" + topic + ": " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Asks all leaders for the ends; right after the creation they may not know of it yet. */
  private static void awaitLeaders(Admin admin, String topic, int partitions)
      throws InterruptedException, ExecutionException, TimeoutException {
    Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
    for (int i = 0; i < partitions; i++) {
      ends.put(new TopicPartition(topic, i), OffsetSpec.latest());
    }
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MS);
    while (!answers(admin.listOffsets(ends).all(), System.nanoTime() < deadline)) {
      Pause.millis(PAUSE_MS);
    }
  }

  private static boolean answers(KafkaFuture<?> ends, boolean mayComeLater)
      throws InterruptedException, ExecutionException, TimeoutException {
    try {
      ends.get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
      return true;
    } catch (ExecutionException e) {
      if (mayComeLater && e.getCause() instanceof RetriableException) {
        return false;
      }
      throw e;
    }
  }
}
