package dev.millrace.bench.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Apache's Java consumers as members of one group, each polling on a thread of its own. */
public final class Members implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(20);
  private static final long LOOK_MS = 2;
  private static final long TIMEOUT_NANOS = TimeUnit.MINUTES.toNanos(2);

  private final String bootstrap;
  private final String protocol;
  private final String topic;
  private final List<Member> members = new ArrayList<>();

  /**
   * Nobody is in the group yet.
   *
   * @param protocol {@code classic} or {@code consumer}; everything else is the client's default
   */
  public Members(String bootstrap, String protocol, String topic) {
    this.bootstrap = bootstrap;
    this.protocol = protocol;
    this.topic = topic;
  }

  /** One more joins. */
  public void add() {
    members.add(new Member());
  }

  /** The one that is there for longest leaves; returns at once, {@link System#nanoTime} of it. */
  public long leave() {
    Member leaving = members.removeFirst();
    long nanos = System.nanoTime();
    leaving.end();
    return nanos;
  }

  /** Waits until the members have so many partitions together, and everybody has some. */
  public long awaitSettled(int partitions) {
    long deadline = System.nanoTime() + TIMEOUT_NANOS;
    while (!settled(partitions)) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "group did not settle, partitions=" + members.stream().map(Member::owned).toList());
      }
      Pause.millis(LOOK_MS);
    }
    return System.nanoTime();
  }

  private boolean settled(int partitions) {
    int sum = 0;
    for (Member member : members) {
      int owned = member.owned();
      if (owned == 0) {
        return false;
      }
      sum += owned;
    }
    return sum == partitions;
  }

  @Override
  public void close() {
    members.forEach(Member::end);
    members.forEach(Member::join);
    members.clear();
  }

  private final class Member {
    private final Thread thread;
    private volatile int owned;
    private volatile boolean ended;
    private volatile @Nullable RuntimeException failure;

    Member() {
      thread = Thread.ofPlatform().daemon().name("bench-member").start(this::run);
    }

    int owned() {
      RuntimeException failed = failure;
      if (failed != null) {
        throw failed;
      }
      return owned;
    }

    void end() {
      ended = true;
    }

    void join() {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void run() {
      Map<String, Object> settings =
          Map.of(
              "bootstrap.servers",
              bootstrap,
              "group.id",
              "group",
              "group.protocol",
              protocol,
              "enable.auto.commit",
              false);
      try (KafkaConsumer<byte[], byte[]> consumer =
          new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
        consumer.subscribe(List.of(topic));
        while (!ended) {
          consumer.poll(POLL);
          owned = consumer.assignment().size();
        }
      } catch (RuntimeException e) {
        failure = e;
      }
    }
  }
}
