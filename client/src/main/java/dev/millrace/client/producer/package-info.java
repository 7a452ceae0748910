/**
 * The producer: records in, batches out, each record's fate told in order.
 *
 * <p>{@link dev.millrace.client.producer.Producer} is the shell that programs hold: any thread may
 * send. Records are gathered by partition ({@code Gathering}: a short lock a partition), and one
 * owner of turns ({@code Sender}) takes finished batches from there, numbers them, sends them to
 * the leaders, tries again and tells what became of them. Memory for records that wait has a limit
 * ({@code buffer.memory}); a sender that finds none waits. The state machine knows neither sockets
 * nor threads: it is stepped by turns and reaches nodes through {@code call.Network}, so a seed can
 * drive it.
 *
 * <p>An idempotent producer (the default) never doubles a record and never changes the order within
 * a partition, whatever fails in between: batches are numbered when they first leave, and numbered
 * anew (KIP-360) only when a node has said that it did not take them.
 */
@NullMarked
package dev.millrace.client.producer;

import org.jspecify.annotations.NullMarked;
