/**
 * How nodes agree: all of them read {@code _schemas} and any of them may write to it, but a write
 * enters the log only if its writer had read everything before it.
 *
 * <p>That is what numbers of an idempotent producer do when all nodes share one producer id ({@link
 * dev.millrace.registry.topic.Chain}): the partition's leader takes the next number once. A node
 * decides on what it has replayed, sends its records under the next number, and looks in its own
 * replay whose records came to stand there ({@link dev.millrace.registry.topic.Replay}); the answer
 * of the leader is a hint only. Who lost decides again. There is no writer to elect and nothing to
 * forward ({@code docs/decisions/0240-one-log-many-writers.md}).
 *
 * <p>{@link dev.millrace.registry.topic.Chain}, {@link dev.millrace.registry.topic.Replay} and
 * {@link dev.millrace.registry.topic.Proposal} are pure; {@link dev.millrace.registry.topic.Ledger}
 * runs them on two virtual threads, {@link dev.millrace.registry.topic.ClusterTopic} speaks the
 * protocol.
 */
@NullMarked
package dev.millrace.registry.topic;

import org.jspecify.annotations.NullMarked;
