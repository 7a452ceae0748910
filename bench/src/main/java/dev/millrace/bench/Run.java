package dev.millrace.bench;

import dev.millrace.bench.scenario.Effort;
import java.time.Duration;

/**
 * One call of {@code ./dev bench compare}.
 *
 * @param command as it was typed
 * @param took the whole of it
 */
record Run(String command, CompareOptions options, Effort effort, Duration took) {}
