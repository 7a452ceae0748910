/**
 * Load from clients that are not ours: {@code rdkafka_performance}, Apache's own tools, and short
 * loops around Apache's {@code kafka-clients}.
 *
 * <p>Each returns what it did as a {@link dev.millrace.bench.load.Load}; what the broker used
 * meanwhile is read by the caller.
 */
@NullMarked
package dev.millrace.bench.load;

import org.jspecify.annotations.NullMarked;
