package dev.millrace.client.producer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.client.TopicPartition;
import dev.millrace.client.producer.OutBatch.State;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** When a new batch wakes the sender. */
class GatheringTest {
  private static final int LIMIT = 2;

  private final ProducerSettings settings =
      ProducerSettings.of(Map.of("bootstrap.servers", "127.0.0.1:9092", "batch.size", "100"));
  private final Pages pages = new Pages(1_000, 10_000);
  private final Gathering gathering =
      new Gathering(
          new TopicPartition("orders", 0),
          new Gathering.Making() {
            @Override
            public int batchBytes() {
              return settings.batchBytes;
            }

            @Override
            public OutBatch begin(TopicPartition partition, boolean isBusy) {
              return new OutBatch(partition, 0, pages, settings, isBusy);
            }
          });

  @Test
  void newBatchesWakeNobodyWhileAnAnswerHasToComeFirst() {
    assertThat(append()).isEqualTo(Gathering.WAKES | Gathering.ACTIVATES);
    send();
    assertThat(append()).as("a place is left").isEqualTo(Gathering.WAKES);
    send();
    assertThat(append()).as("no place is left").isZero();
    gathering.numbered.removeFirst();
    gathering.noteCrowd(LIMIT);
    assertThat(append())
        .as("the batch before it is full, one may leave")
        .isEqualTo(Gathering.WAKES);
  }

  @Test
  void batchesThatWaitForAnotherTryDoNotStandForAnAnswer() {
    append();
    send().state = State.READY;
    append();
    send().state = State.READY;
    gathering.noteCrowd(LIMIT);
    assertThat(append()).isEqualTo(Gathering.WAKES);
  }

  private int append() {
    return gathering.append(0, null, new byte[80], List.of(), null);
  }

  private OutBatch send() {
    OutBatch batch = gathering.takeOldest();
    gathering.take(batch);
    batch.state = State.SENT;
    gathering.noteCrowd(LIMIT);
    return batch;
  }
}
