package dev.millrace.coordinator.share;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Lays batches over each other. Where they overlap the later moment wins; neighbours that are equal
 * become one.
 */
final class BatchMerge {
  private final NavigableMap<Long, DeliveryBatch> batches = new TreeMap<>();

  private BatchMerge() {}

  /**
   * What is known after {@code changes} came to {@code known}.
   *
   * @param startOffset what lies before it is dropped; -1 drops nothing
   * @return in order, apart
   */
  static List<DeliveryBatch> of(
      Collection<DeliveryBatch> known, Collection<DeliveryBatch> changes, long startOffset) {
    BatchMerge merge = new BatchMerge();
    known.forEach(merge::add);
    changes.forEach(merge::add);
    return merge.result(startOffset);
  }

  private void add(DeliveryBatch added) {
    long at = added.first();
    for (DeliveryBatch old : overlapping(added)) {
      if (at < old.first()) {
        put(added.part(at, old.first() - 1));
      }
      lay(old, added);
      at = old.last() + 1;
    }
    if (at <= added.last()) {
      put(added.part(at, added.last()));
    }
  }

  private List<DeliveryBatch> overlapping(DeliveryBatch added) {
    List<DeliveryBatch> found = new ArrayList<>();
    Map.Entry<Long, DeliveryBatch> before = batches.lowerEntry(added.first());
    if (before != null && before.getValue().last() >= added.first()) {
      found.add(before.getValue());
    }
    found.addAll(batches.subMap(added.first(), true, added.last(), true).values());
    return found;
  }

  /** Replaces the part of {@code old} that {@code added} covers, if it wins. */
  private void lay(DeliveryBatch old, DeliveryBatch added) {
    if (!added.beats(old)) {
      return;
    }
    batches.remove(old.first());
    long from = Math.max(old.first(), added.first());
    long to = Math.min(old.last(), added.last());
    if (old.first() < from) {
      put(old.part(old.first(), from - 1));
    }
    put(added.part(from, to));
    if (to < old.last()) {
      put(old.part(to + 1, old.last()));
    }
  }

  private void put(DeliveryBatch batch) {
    batches.put(batch.first(), batch);
  }

  private List<DeliveryBatch> result(long startOffset) {
    List<DeliveryBatch> result = new ArrayList<>();
    for (DeliveryBatch batch : batches.values()) {
      if (batch.last() < startOffset) {
        continue;
      }
      DeliveryBatch kept = batch.part(Math.max(batch.first(), startOffset), batch.last());
      DeliveryBatch before = result.isEmpty() ? null : result.getLast();
      if (before != null && before.last() + 1 == kept.first() && before.isLike(kept)) {
        result.set(result.size() - 1, before.part(before.first(), kept.last()));
      } else {
        result.add(kept);
      }
    }
    return result;
  }
}
