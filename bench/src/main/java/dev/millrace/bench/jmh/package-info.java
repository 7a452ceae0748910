/**
 * What one operation of wire and log costs, in nanoseconds and bytes allocated, beside
 * kafka-clients where it has the same operation: {@code ./dev bench jmh}. Names that end in {@code
 * Kafka} are Apache's side.
 */
@NullMarked
package dev.millrace.bench.jmh;

import org.jspecify.annotations.NullMarked;
