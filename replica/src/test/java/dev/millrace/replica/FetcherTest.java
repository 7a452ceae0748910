package dev.millrace.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.settings.StaticSettings;
import dev.millrace.base.turns.Turns;
import dev.millrace.quorum.record.PartitionChangeRecord;
import dev.millrace.replica.follow.FetchSettings;
import dev.millrace.replica.follow.Fetchers;
import dev.millrace.replica.follow.LeaderLink;
import dev.millrace.wire.message.FetchRequest;
import dev.millrace.wire.message.FetchRequest.FetchPartition;
import dev.millrace.wire.message.FetchResponse;
import dev.millrace.wire.message.FetchResponse.EpochEndOffset;
import dev.millrace.wire.message.FetchResponse.FetchableTopicResponse;
import dev.millrace.wire.message.FetchResponse.PartitionData;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a follower asks its leader for, and what it makes of answers; the leader is the test. */
class FetcherTest {
  private static final int LEADER = 2;
  private static final int SESSION = 7;

  private final World world = new World(Long.getLong("millrace.seed", 3), "/a").start();
  private final List<Asked> asked = new ArrayList<>();
  private final LeaderLink link =
      (request, _, answered, _) -> asked.add(new Asked(request, answered));
  private final Turns owner = world.machine.owner("fetchers");
  private Uuid topic = Uuid.ZERO;

  private record Asked(FetchRequest request, Consumer<FetchResponse> answered) {
    List<FetchPartition> partitions() {
      return request.topics().stream().flatMap(one -> one.partitions().stream()).toList();
    }
  }

  /**
   * Two requests are on their way when a partition comes in while the leader waits. What both are
   * answered about a log that was cut in between counts once.
   */
  @Test
  void anObjectionToALogThatWasCutSinceIsNotTaken() {
    topic = world.createTopic("t", 2);
    List.of("a", "b", "c").forEach(value -> world.append(world.partition("t", 0), value));
    world.owners.runMs(100);
    Fetchers fetchers = fetchers();
    fetchers.follow(following(0));
    Asked first = next(0);
    assertThat(first.partitions().getFirst().fetchOffset()).isEqualTo(3);
    answer(first, PartitionData.builder().partitionIndex(0).build());
    Asked waiting = next(1);
    fetchers.follow(following(1));
    Asked second = next(2);
    PartitionData diverged =
        PartitionData.builder().partitionIndex(0).divergingEpoch(new EpochEndOffset(0, 1)).build();
    answer(waiting, diverged);
    Asked third = next(3);
    assertThat(third.partitions()).extracting(FetchPartition::fetchOffset).containsExactly(1L);
    answer(second, diverged);
    answer(third, PartitionData.builder().partitionIndex(0).build());
    Asked fourth = next(4);
    assertThat(fourth.request().forgottenTopicsData()).isEmpty();
    assertThat(fourth.partitions()).isEmpty();
    assertThat(world.partition("t", 0).logEndOffset()).isEqualTo(1);
  }

  /** A leader may wait longer where nothing happens, until something does. */
  @Test
  void whereNothingHappensIsAskedMoreSeldom() {
    topic = world.createTopic("t", 1);
    Fetchers fetchers = fetchers();
    fetchers.follow(following(0));
    int usualMs = next(0).request().maxWaitMs();
    int number = 0;
    while (next(number).request().maxWaitMs() == usualMs) {
      assertThat(number).isLessThan(20);
      nothing(next(number++));
    }
    assertThat(next(number).request().maxWaitMs()).isBetween(4 * usualMs, 8 * usualMs);
    fetchers.hurry();
    Asked hurried = next(number + 1);
    assertThat(hurried.request().maxWaitMs()).isEqualTo(usualMs);
    nothing(next(number));
    nothing(hurried);
    assertThat(next(number + 2).request().maxWaitMs()).isEqualTo(usualMs);
  }

  private void nothing(Asked to) {
    owner.submit(() -> to.answered.accept(FetchResponse.builder().sessionId(SESSION).build()));
    world.owners.runMs(20);
  }

  private Fetchers fetchers() {
    return new Fetchers(
        new Fetchers.Setup(
            FetchSettings.of(World.NODE, BrokerSettings.of(StaticSettings.read(Map.of()))),
            owner,
            new DiskWork(List.of(world.machine.owner("fetch-disk"))),
            _ -> link,
            () -> 1));
  }

  /** The other node leads the partition; this one's copy is not trusted. */
  private Following following(int index) {
    world.commit(
        PartitionChangeRecord.builder()
            .topicId(topic)
            .partitionId(index)
            .leader(LEADER)
            .replicas(List.of(LEADER, World.NODE))
            .isr(List.of(LEADER))
            .build());
    world.applied();
    return Objects.requireNonNull(world.partition("t", index).role().following());
  }

  private Asked next(int number) {
    world.owners.runUntil(() -> asked.size() > number, 1_000);
    return asked.get(number);
  }

  private void answer(Asked to, PartitionData data) {
    FetchableTopicResponse found =
        FetchableTopicResponse.builder().topicId(topic).partitions(List.of(data)).build();
    FetchResponse response =
        FetchResponse.builder().sessionId(SESSION).responses(List.of(found)).build();
    owner.submit(() -> to.answered.accept(response));
    world.owners.runMs(20);
  }
}
