package dev.millrace.broker.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.wire.ErrorCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProducerIdsTest {
  private final Queue<Consumer<ProducerIds.@Nullable Block>> asked = new ArrayDeque<>();
  private final List<ProducerIds.Answer> answers = new ArrayList<>();
  private final ProducerIds ids = new ProducerIds(asked::add);

  @Test
  void theFirstBlockIsWaitedForAndTheNextIsAskedForEarly() {
    ids.next(answers::add);
    ids.next(answers::add);
    assertThat(answers).isEmpty();
    assertThat(asked).hasSize(1);

    asked.remove().accept(new ProducerIds.Block(1000, 10));
    assertThat(answers).extracting(ProducerIds.Answer::producerId).containsExactly(1000L, 1001L);
    assertThat(asked).isEmpty();

    for (int i = 0; i < 7; i++) {
      ids.next(answers::add);
    }
    assertThat(asked).as("one id is left").hasSize(1);
    ids.next(answers::add);
    ids.next(answers::add);
    assertThat(answers).hasSize(10);
    asked.remove().accept(new ProducerIds.Block(5000, 10));
    assertThat(answers.getLast().producerId()).isEqualTo(5000);
  }

  @Test
  void aFailureIsToldAndTheNextRequestAsksAgain() {
    ids.next(answers::add);
    asked.remove().accept(null);
    assertThat(answers)
        .containsExactly(new ProducerIds.Answer(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, -1));
    ids.next(answers::add);
    assertThat(asked).hasSize(1);
  }

  @Test
  void requestsThatWaitAreLimited() {
    for (int i = 0; i <= ProducerIds.WAITING_MAX; i++) {
      ids.next(answers::add);
    }
    assertThat(answers).hasSize(1);
    assertThat(answers.getFirst().error()).isEqualTo(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
  }

  @Test
  void noIdIsGivenTwiceWhateverTheControllerDoes() {
    long seed = Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));
    Random random = new Random(seed);
    long first = 0;
    for (int i = 0; i < 20_000; i++) {
      if (random.nextInt(3) > 0) {
        ids.next(answers::add);
      } else if (!asked.isEmpty()) {
        int count = 1 + random.nextInt(15);
        boolean fails = random.nextInt(5) == 0;
        asked.remove().accept(fails ? null : new ProducerIds.Block(first, count));
        first += count;
      }
    }
    List<Long> given =
        answers.stream()
            .filter(answer -> answer.error() == ErrorCode.NONE)
            .map(ProducerIds.Answer::producerId)
            .toList();
    assertThat(given).as("seed=%d", seed).isNotEmpty();
    assertThat(new HashSet<>(given)).as("seed=%d", seed).hasSameSizeAs(given);
  }
}
