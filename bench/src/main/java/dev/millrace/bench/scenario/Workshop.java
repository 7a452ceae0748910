package dev.millrace.bench.scenario;

import dev.millrace.bench.contender.Stand;
import dev.millrace.bench.load.PerfTest;
import dev.millrace.bench.load.Rdkafka;

/** What a scenario works with. */
public record Workshop(
    Stand stand, Rdkafka rdkafka, PerfTest perfTest, Rates rates, Effort effort) {}
