/**
 * What a partition knows of its idempotent and transactional producers (KIP-98).
 *
 * <p>Owns the rules by which a batch is new, a duplicate or refused ({@link
 * dev.millrace.log.producer.ProducerRules}, pure functions), the state that results ({@link
 * dev.millrace.log.producer.ProducerStates}) and its file ({@link
 * dev.millrace.log.producer.ProducerSnapshot}, {@code .snapshot}). It knows no segment and no
 * network. State changes only by batches that are in the log already, so it can be built again from
 * the log. Belongs to the partition's lock; {@link dev.millrace.log.producer.OpenTransactions} is
 * immutable and is read by anyone.
 */
@NullMarked
package dev.millrace.log.producer;

import org.jspecify.annotations.NullMarked;
