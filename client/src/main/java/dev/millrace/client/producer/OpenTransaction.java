package dev.millrace.client.producer;

import dev.millrace.client.TopicPartition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * What is remembered of one transaction, from the end of the one before it to its own; with it
 * everything goes. In turns.
 */
final class OpenTransaction {
  private final Set<TopicPartition> added = new HashSet<>();
  private final Set<TopicPartition> wanted = new HashSet<>();
  private final List<CompletableFuture<Void>> offsets = new ArrayList<>();
  private boolean isAdding;
  private boolean isTouched;
  private boolean mustRaise;

  /** The coordinator may know of it from now on. */
  void touch() {
    isTouched = true;
  }

  /** Whether the coordinator may know of it: else there is nothing to end. */
  boolean isTouched() {
    return isTouched;
  }

  /** Numbered batches were thrown away: their numbers must not be used again. */
  void raise() {
    mustRaise = true;
  }

  boolean mustRaise() {
    return mustRaise;
  }

  /**
   * Whether the coordinator has been told that a partition is part of it; if not, it will be with
   * the next {@link #beginAdding}.
   */
  boolean hasOrWants(TopicPartition partition) {
    boolean has = added.contains(partition);
    if (!has) {
      wanted.add(partition);
    }
    return has;
  }

  /** Nothing more is to become part of it. */
  void wantNothing() {
    wanted.clear();
  }

  /** Whether partitions are being named to the coordinator. */
  boolean isAdding() {
    return isAdding;
  }

  /**
   * The partitions to name now, until {@link #added} or {@link #notAdded}; empty when there are
   * none, or others are being named.
   */
  Set<TopicPartition> beginAdding() {
    if (isAdding || wanted.isEmpty()) {
      return Set.of();
    }
    isAdding = true;
    isTouched = true;
    return Set.copyOf(wanted);
  }

  /** These are part of it. */
  void added(Set<TopicPartition> asked) {
    isAdding = false;
    added.addAll(asked);
    wanted.removeAll(asked);
  }

  void notAdded() {
    isAdding = false;
  }

  /** Offsets that are committed in it; to be completed when their fate is known. */
  CompletableFuture<Void> addOffsets() {
    CompletableFuture<Void> fate = new CompletableFuture<>();
    isTouched = true;
    offsets.add(fate);
    return fate;
  }

  /** Completes when all offsets have their fate, whatever it is. */
  CompletableFuture<Void> settled() {
    return CompletableFuture.allOf(
        offsets.stream()
            .map(fate -> fate.handle((none, fault) -> fault == null))
            .toArray(CompletableFuture[]::new));
  }

  /** Nothing becomes of offsets that have no fate yet. */
  void fail(ProducerException cause) {
    offsets.forEach(fate -> fate.completeExceptionally(cause));
  }
}
