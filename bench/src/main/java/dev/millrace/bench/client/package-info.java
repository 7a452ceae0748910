/**
 * Client libraries beside each other on one Millrace node: ours, Apache's Java client, librdkafka.
 *
 * <p>{@link dev.millrace.bench.client.Clients} is the program behind {@code ./dev bench clients};
 * it starts {@link dev.millrace.bench.client.Driver} in a JVM of its own for each Java client and
 * {@code rdkafka_performance} for librdkafka. A driver warms up first; what it tells is of the
 * second half: time, processor time of its whole process, bytes that its threads allocated.
 */
@NullMarked
package dev.millrace.bench.client;

import org.jspecify.annotations.NullMarked;
