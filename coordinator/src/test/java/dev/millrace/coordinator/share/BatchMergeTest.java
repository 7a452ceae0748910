package dev.millrace.coordinator.share;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Merging against a table with one entry an offset. */
class BatchMergeTest {
  private static final int LENGTH = 40;
  private static final byte[] STATES = {0, 2, 4};

  @Test
  void mergesLikeATable() {
    Long only = Long.getLong("millrace.seed");
    for (long seed = only != null ? only : 0; seed < (only != null ? only + 1 : 2_000); seed++) {
      Random random = new Random(seed);
      List<DeliveryBatch> known = List.of();
      DeliveryBatch[] table = new DeliveryBatch[LENGTH];
      for (int round = 0; round < 5; round++) {
        List<DeliveryBatch> changes = changes(random);
        int start = random.nextInt(4) == 0 ? random.nextInt(LENGTH) : -1;
        known = BatchMerge.of(known, changes, start);
        apply(table, changes, start);
        check(known, table, seed);
      }
    }
  }

  private static List<DeliveryBatch> changes(Random random) {
    List<DeliveryBatch> changes = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      int first = random.nextInt(LENGTH);
      int last = Math.min(LENGTH - 1, first + random.nextInt(10));
      changes.add(
          new DeliveryBatch(first, last, STATES[random.nextInt(3)], (short) random.nextInt(3)));
    }
    return changes;
  }

  private static void apply(DeliveryBatch[] table, List<DeliveryBatch> changes, int start) {
    for (DeliveryBatch change : changes) {
      for (int offset = (int) change.first(); offset <= change.last(); offset++) {
        if (table[offset] == null || change.beats(table[offset])) {
          table[offset] = change;
        }
      }
    }
    for (int offset = 0; offset < start; offset++) {
      table[offset] = null;
    }
  }

  private static void check(List<DeliveryBatch> merged, DeliveryBatch[] table, long seed) {
    DeliveryBatch[] found = new DeliveryBatch[LENGTH];
    DeliveryBatch before = null;
    for (DeliveryBatch batch : merged) {
      if (before != null) {
        assertThat(batch.first()).as("seed=%s", seed).isGreaterThan(before.last());
        assertThat(before.last() + 1 == batch.first() && before.isLike(batch))
            .as("equal neighbours, seed=%s", seed)
            .isFalse();
      }
      before = batch;
      for (int offset = (int) batch.first(); offset <= batch.last(); offset++) {
        found[offset] = batch;
      }
    }
    for (int offset = 0; offset < LENGTH; offset++) {
      DeliveryBatch expected = table[offset];
      assertThat(found[offset] == null ? "none" : text(found[offset]))
          .as("offset=%s seed=%s", offset, seed)
          .isEqualTo(expected == null ? "none" : text(expected));
    }
  }

  private static String text(DeliveryBatch batch) {
    return batch.state() + "/" + batch.deliveryCount();
  }
}
