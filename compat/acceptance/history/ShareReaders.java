import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * A share group of two members that take the records of log: most are accepted, some given back. It
 * writes down what each was given, and each acceptance that was answered.
 */
final class ShareReaders {
  private static final int MEMBERS = 2;
  private static final int VISIT_MS = 15_000;

  /** Longer than a session and the lock of a record that somebody has taken along. */
  private static final int REST_MS = 20_000;

  private static final String GROUP = "readers-share";

  private final String bootstrap;
  private final Notes notes;

  ShareReaders(String bootstrap, Notes notes) {
    this.bootstrap = bootstrap;
    this.notes = notes;
  }

  void run() throws InterruptedException {
    notes.add("{\"op\":\"shares\"}");
    fromTheStart();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < MEMBERS; i++) {
      String member = notes.life() + "." + i;
      Thread thread = new Thread(() -> member(member), member);
      thread.start();
      threads.add(thread);
    }
    for (Thread one : threads) {
      one.join();
    }
  }

  private void fromTheStart() throws InterruptedException {
    ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, GROUP);
    ConfigEntry start = new ConfigEntry("share.auto.offset.reset", "earliest");
    List<AlterConfigOp> change = List.of(new AlterConfigOp(start, AlterConfigOp.OpType.SET));
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      admin.incrementalAlterConfigs(Map.of(group, change)).all().get();
    } catch (ExecutionException fault) {
      throw new KafkaException(fault.getCause());
    }
  }

  private void member(String member) {
    long restedMs = 0;
    while (!notes.isOver() || restedMs < REST_MS) {
      KafkaShareConsumer<String, String> consumer = consumer();
      try {
        restedMs = visit(member, consumer);
      } catch (KafkaException | IllegalStateException fault) { // the latter is a fault of the client
        System.err.println(member + ": " + fault + ", cause=" + fault.getCause());
      } finally {
        consumer.close(Duration.ofSeconds(2));
      }
    }
  }

  private long visit(String member, KafkaShareConsumer<String, String> consumer) {
    Set<String> accepted = new HashSet<>();
    consumer.setAcknowledgementCommitCallback(
        (answered, fault) -> answered(member, accepted, answered, fault));
    consumer.subscribe(List.of("log"));
    Random random = new Random();
    long begunMs = System.currentTimeMillis();
    long visitMs = VISIT_MS + random.nextInt(VISIT_MS);
    long restedMs = 0;
    long workedMs = begunMs;
    while (notes.isOver() ? restedMs < REST_MS : System.currentTimeMillis() < begunMs + visitMs) {
      ConsumerRecords<String, String> records = consumer.poll(Workload.POLL);
      long nowMs = System.currentTimeMillis();
      workedMs = records.isEmpty() && notes.isOver() ? workedMs : nowMs;
      restedMs = nowMs - workedMs;
      if (!records.isEmpty()) {
        given(member, records);
        for (ConsumerRecord<String, String> one : records) {
          boolean back = random.nextInt(20) == 0 && one.deliveryCount().orElse((short) 1) < 3;
          consumer.acknowledge(one, back ? AcknowledgeType.RELEASE : AcknowledgeType.ACCEPT);
          if (!back) {
            accepted.add(one.partition() + "/" + one.offset());
          }
        }
        consumer.commitSync();
      }
    }
    return restedMs;
  }

  private void given(String member, ConsumerRecords<String, String> records) {
    List<String> rows = new ArrayList<>();
    records.forEach(
        one ->
            rows.add(
                String.format(
                    "[%d,%d,\"%s\",%d]",
                    one.partition(), one.offset(), one.value(), one.deliveryCount().orElse((short) 0))));
    notes.add(
        "{\"op\":\"given\",\"member\":\"%s\",\"records\":[%s]}", member, String.join(",", rows));
  }

  private void answered(
      String member,
      Set<String> accepted,
      Map<TopicIdPartition, Set<Long>> answered,
      Exception fault) {
    List<String> rows = new ArrayList<>();
    answered.forEach(
        (part, offsets) -> {
          for (long offset : offsets) {
            if (accepted.remove(part.partition() + "/" + offset)) {
              rows.add("[" + part.partition() + "," + offset + "]");
            }
          }
        });
    if (!rows.isEmpty()) {
      notes.add(
          "{\"op\":\"%s\",\"member\":\"%s\",\"error\":\"%s\",\"records\":[%s]}",
          fault == null ? "accepted" : "unaccepted",
          member,
          fault == null ? "" : fault.getClass().getSimpleName(),
          String.join(",", rows));
    }
  }

  private KafkaShareConsumer<String, String> consumer() {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", bootstrap);
    settings.put("group.id", GROUP);
    settings.put("share.acknowledgement.mode", "explicit");
    settings.put("max.poll.records", "50");
    settings.put("request.timeout.ms", "10000");
    settings.put("default.api.timeout.ms", "20000");
    return new KafkaShareConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
  }
}
