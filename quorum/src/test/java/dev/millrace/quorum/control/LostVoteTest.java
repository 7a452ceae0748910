package dev.millrace.quorum.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.settings.StaticSettings;
import dev.millrace.base.sim.SimOwners;
import dev.millrace.base.turns.Turns;
import dev.millrace.quorum.Quorum;
import dev.millrace.quorum.control.CreateTopics.NewTopic;
import dev.millrace.quorum.log.MetadataLog;
import dev.millrace.quorum.voters.TakenOutException;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A leader of the metadata whose vote is taken away is asked in vain, and others are not. */
class LostVoteTest {
  private final SimOwners owners = new SimOwners(1);
  private final Turns turns = owners.owner("quorum");
  private final Ending log = new Ending();
  private final List<RuntimeException> failures = new ArrayList<>();
  private final Quorum quorum =
      new Quorum(
          new Quorum.Parts(
              Bench.NODE,
              turns,
              log,
              StaticSettings.read(Map.of()),
              owners.random("controller"),
              failures::add));
  private final List<Outcome<?>> answers = new ArrayList<>();

  @Test
  void itSaysThatAnotherOneLeads() {
    RuntimeException end = new TakenOutException(List.of(2, 3));
    endWith(end);
    assertThat(answers).extracting(Outcome::error).containsOnly(ErrorCode.NOT_CONTROLLER);
    assertThat(failures).containsExactly(end);
  }

  @Test
  void aLogThatFailsIsNoMatterOfWhoLeads() {
    endWith(new IllegalStateException("disk failed"));
    assertThat(answers).extracting(Outcome::error).containsOnly(ErrorCode.KAFKA_STORAGE_ERROR);
  }

  /** One command waits for its commit when the log ends, another comes after it. */
  private void endWith(RuntimeException end) {
    quorum.start(answers::add);
    owners.runMs(100);
    create("a");
    turns.submit(() -> Objects.requireNonNull(log.observer).onFailure(end));
    owners.runMs(100);
    create("b");
    assertThat(log.opened).as("appended").isPositive();
    assertThat(answers).hasSize(3);
  }

  private void create(String name) {
    NewTopic topic = new NewTopic(name, 1, 1, Map.of(), Map.of());
    quorum.submit(new CreateTopics(List.of(topic), false), answers::add);
    owners.runMs(100);
  }

  /** Lets its node lead, and commits nothing. */
  private final class Ending implements MetadataLog {
    private @Nullable Observer observer;
    private int opened;

    @Override
    public void open(Observer opened) {
      observer = opened;
      turns.submit(() -> opened.onLeaderChange(Bench.NODE, 1, 0));
    }

    @Override
    public void append(int expectedEpoch, List<Message> records, Appended appended) {
      opened++;
    }

    @Override
    public void barrier(Runnable reached) {}

    @Override
    public void snapshot(SnapshotId end, Stream<Message> records) {}

    @Override
    public long bytesSinceSnapshot() {
      return 0;
    }

    @Override
    public List<Integer> voters() {
      return List.of(Bench.NODE, 2, 3);
    }

    @Override
    public void close() {}
  }
}
