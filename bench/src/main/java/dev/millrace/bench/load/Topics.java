package dev.millrace.bench.load;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** Creates topics by Apache's admin client. */
public final class Topics {
  private static final long TIMEOUT_SECONDS = 120;

  private Topics() {}

  public static void create(String bootstrap, String topic, int partitions) {
    create(bootstrap, List.of(new NewTopic(topic, partitions, (short) 1)));
  }

  public static void create(String bootstrap, List<NewTopic> topics) {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", bootstrap, "default.api.timeout.ms", 120_000);
    try (Admin admin = Admin.create(settings)) {
      admin.createTopics(topics).all().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("cannot create topics, bootstrap=" + bootstrap, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
