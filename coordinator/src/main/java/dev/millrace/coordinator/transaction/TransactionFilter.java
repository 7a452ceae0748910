package dev.millrace.coordinator.transaction;

import java.util.Set;
import java.util.function.Predicate;

/**
 * Which transactions to list.
 *
 * @param states titles of {@link TransactionState}; none for all
 * @param producerIds none for all
 * @param longerThanMs only transactions that began longer ago; negative for all
 * @param ids which transactional ids
 */
public record TransactionFilter(
    Set<String> states, Set<Long> producerIds, long longerThanMs, Predicate<String> ids) {

  boolean takes(Transaction transaction, long nowMs) {
    long openMs = nowMs - transaction.times().startedMs();
    return (states.isEmpty() || states.contains(transaction.state().title()))
        && (producerIds.isEmpty() || producerIds.contains(transaction.producer().id()))
        && (longerThanMs < 0 || openMs > longerThanMs)
        && ids.test(transaction.id());
  }

  /** Whether there is a state of this title. */
  public static boolean isState(String title) {
    return TransactionState.named(title) != null;
  }
}
