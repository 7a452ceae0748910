package dev.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.client.Deserializer;
import dev.millrace.client.Serializer;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.consumer.ConsumerException;
import dev.millrace.client.producer.Delivered;
import dev.millrace.client.producer.Producer;
import dev.millrace.client.producer.ProducerRecord;
import dev.millrace.client.share.Acknowledgement;
import dev.millrace.client.share.ShareConsumer;
import dev.millrace.client.share.ShareRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Share consumers that do anything at any time, beside a model of what may come of it: who may have
 * a record, how often it was delivered, that a lock that is renewed in time does not run out, and
 * that nothing is lost. {@code -Dmillrace.seed=N} repeats a run.
 */
class ShareModelTest {
  private static final long SEED =
      Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));
  private static final int ROUNDS = Integer.getInteger("millrace.fuzz.rounds", 2);
  private static final int STEPS = 40;
  private static final int MEMBERS = 3;
  private static final int PARTITIONS = 2;
  private static final int POLLS_MAX = 1_000;
  private static final Duration SHORT = Duration.ofMillis(25);

  /** By the clock of the node alone: nobody waits for it. */
  private static final Duration LOCK = Duration.ofMinutes(10);

  private static final Duration MOST_OF_A_LOCK = Duration.ofMinutes(7);

  @Test
  void aRecordIsWithOneMemberAtATimeWhileLocksAreKept() {
    for (int round = 0; round < ROUNDS; round++) {
      try (Run run = new Run(SEED + round, false)) {
        run.steps();
        run.finish();
      }
    }
  }

  @Test
  void nothingIsLostOrDoneTwiceWhenLocksRunOutAndTheNodeRestarts() {
    for (int round = 0; round < ROUNDS; round++) {
      try (Run run = new Run(SEED + round, true)) {
        run.steps();
        run.finish();
      }
    }
  }

  /** A member and what it was given and has not finished. */
  private static final class Member {
    final int id;
    final ShareConsumer<String, String> consumer;
    final List<ShareRecord<String, String>> held = new ArrayList<>();

    Member(int id, ShareConsumer<String, String> consumer) {
      this.id = id;
      this.consumer = consumer;
    }

    /** A record that comes again, as the lock has run out, is held once. */
    void take(ShareRecord<String, String> record) {
      held.removeIf(
          old -> old.offset() == record.offset() && old.partition().equals(record.partition()));
      held.add(record);
    }
  }

  /** One node, its members, and the model beside them. */
  private static final class Run implements AutoCloseable {
    private final Random random;
    private final boolean losesLocks;
    private final ShareModel model;
    private final TestBroker broker;
    private final Producer<String, String> producer;
    private final List<Member> members = new ArrayList<>();
    private int nextMember;

    /** Ends of locks that a record may still see without coming to its limit of deliveries. */
    private int endsLeft = 4;

    Run(long seed, boolean losesLocks) {
      this.random = new Random(seed);
      this.losesLocks = losesLocks;
      this.model = new ShareModel("seed=" + seed + " losesLocks=" + losesLocks);
      this.broker =
          TestBroker.start(
              Map.of(
                  "group.share.max.record.lock.duration.ms", "3600000",
                  "group.share.record.lock.duration.ms", Long.toString(LOCK.toMillis()),
                  "group.share.max.session.timeout.ms", "360000000",
                  "group.share.session.timeout.ms", "360000000",
                  "group.share.delivery.count.limit", "10",
                  "connections.max.idle.ms", "360000000"));
      broker.createTopic("jobs", PARTITIONS);
      producer = Producer.open(broker.clientSettings(), Serializer.string(), Serializer.string());
      while (members.size() < MEMBERS) {
        join();
      }
    }

    void steps() {
      for (int step = 0; step < STEPS; step++) {
        switch (random.nextInt(10)) {
          case 0, 1, 2 -> produce();
          case 3 -> change();
          case 4 -> time();
          default -> work(members.get(random.nextInt(members.size())), true);
        }
      }
    }

    /** Everybody accepts what comes until nothing is left. */
    void finish() {
      for (int polls = 0; !model.isAllHeard(); polls++) {
        assertThat(polls).as("records never come, %s", model).isLessThan(POLLS_MAX);
        members.forEach(member -> work(member, false));
        if (losesLocks && polls % 20 == 19) {
          broker.advance(LOCK.plus(LOCK)); // what lies in a member that forgot it
          model.loosen();
        }
      }
      for (Member member : members) {
        work(member, false);
        work(member, false);
      }
    }

    private void produce() {
      for (int left = 1 + random.nextInt(5); left > 0; left--) {
        int partition = random.nextInt(PARTITIONS);
        Delivered at =
            producer.send(ProducerRecord.<String, String>of("jobs", "v").to(partition)).join();
        model.produced(at.partition(), at.offset());
      }
    }

    private void join() {
      Map<String, Object> settings = new HashMap<>(broker.clientSettings());
      settings.put("group.id", "workers");
      settings.put("share.acknowledgement.mode", "explicit");
      settings.put("fetch.max.wait.ms", 10);
      settings.put("max.poll.records", 1 + random.nextInt(20));
      Member member =
          new Member(
              nextMember++,
              ShareConsumer.open(settings, Deserializer.string(), Deserializer.string()));
      members.add(member);
      member.consumer.subscribe(List.of("jobs"));
      while (member.consumer.lockTimeoutMs() < 0) {
        poll(member); // the group begins at the end of the topic
      }
    }

    /** Somebody leaves with what it holds, and another comes; or the node restarts. */
    private void change() {
      if (endsLeft == 0) {
        return;
      }
      endsLeft--;
      if (losesLocks && random.nextInt(3) == 0) {
        broker.restart();
        model.loosen();
        return;
      }
      Member leaving = members.remove(random.nextInt(members.size()));
      leaving.consumer.close();
      model.gone(leaving.id);
      join();
    }

    private void time() {
      if (!losesLocks) {
        // all that is held is renewed, so that no lock has less than a whole one to go
        for (Member member : members) {
          while (poll(member)) {}
          say(member, false, Acknowledgement.RENEW);
        }
        broker.advance(MOST_OF_A_LOCK);
      } else if (endsLeft > 0) {
        endsLeft--;
        broker.advance(LOCK.plus(LOCK));
        model.loosen();
      }
    }

    private void work(Member member, boolean isRandom) {
      say(member, isRandom, null);
      poll(member);
    }

    /** Returns whether something came. */
    private boolean poll(Member member) {
      if (!member.held.isEmpty()) {
        say(member, false, Acknowledgement.RENEW);
      }
      List<ShareRecord<String, String>> records = member.consumer.poll(SHORT);
      for (ShareRecord<String, String> record : records) {
        model.given(member.id, record);
        member.take(record);
      }
      return !records.isEmpty();
    }

    /** Says something of every record that the member holds, and hears what became of it. */
    private void say(Member member, boolean isRandom, @Nullable Acknowledgement always) {
      Map<ShareRecord<String, String>, Acknowledgement> said = new HashMap<>();
      for (ShareRecord<String, String> record : member.held) {
        Acknowledgement one = always != null ? always : choice(record, isRandom);
        said.put(record, one);
        member.consumer.acknowledge(record, one);
      }
      Map<TopicPartition, ConsumerException> faults = member.consumer.commit();
      said.forEach((record, one) -> {
        if (faults.containsKey(record.partition())) {
          model.refused(record, one);
          member.held.remove(record);
        } else {
          model.taken(member.id, record, one);
          if (one != Acknowledgement.RENEW) {
            member.held.remove(record);
          }
        }
      });
    }

    private Acknowledgement choice(ShareRecord<String, String> record, boolean isRandom) {
      int drawn = isRandom ? random.nextInt(10) : 0;
      if (drawn < 4) {
        return Acknowledgement.ACCEPT;
      }
      if (drawn == 4) {
        return Acknowledgement.REJECT;
      }
      // a record that was delivered too often would be gone without anybody's word
      boolean mayComeAgain = model.deliveries(record) < 4;
      return drawn < 7 && mayComeAgain ? Acknowledgement.RELEASE : Acknowledgement.RENEW;
    }

    @Override
    public void close() {
      members.forEach(member -> member.consumer.close());
      producer.close();
      broker.close();
    }
  }
}
