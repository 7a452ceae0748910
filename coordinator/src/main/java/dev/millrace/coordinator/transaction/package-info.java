/**
 * Transactions, as they live on {@code __transaction_state}: which producer may write under a
 * transactional id, which partitions its transaction has, and whether it commits (KIP-98, KIP-360,
 * KIP-890).
 *
 * <p>{@link dev.millrace.coordinator.transaction.TransactionCoordinator} is the way in, from any
 * thread. {@code TransactionRules} says what a request does in which state, in pure functions;
 * {@code Step} turns that into records and answers; {@code TransactionMachine} holds the ids of one
 * partition; {@code Completions} brings what is decided to its end, {@code Expiry} what takes too
 * long. Producer ids come in through {@link dev.millrace.coordinator.transaction.NewProducerIds},
 * markers go out through {@link dev.millrace.coordinator.transaction.Markers}.
 *
 * <p>It knows no API versions, no connections and no logs of data. At most one write of a
 * transactional id is on its way; the requests behind it wait in its lane. Start reading at {@code
 * TransactionState} and {@code TransactionRules}.
 */
@NullMarked
package dev.millrace.coordinator.transaction;

import org.jspecify.annotations.NullMarked;
