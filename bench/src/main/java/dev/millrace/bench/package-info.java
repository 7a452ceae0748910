/**
 * Measurements of Millrace beside Apache Kafka, for anyone with one command.
 *
 * <p>{@link dev.millrace.bench.Bench} is the program. Start reading at {@link
 * dev.millrace.bench.scenario.Scenario}.
 */
@NullMarked
package dev.millrace.bench;

import org.jspecify.annotations.NullMarked;
