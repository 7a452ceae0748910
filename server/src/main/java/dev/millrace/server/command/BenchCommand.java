package dev.millrace.server.command;

import picocli.CommandLine.Command;

/** The commands that measure. */
@Command(
    name = "bench",
    description = "Measure how fast a cluster takes and gives records from here.",
    subcommands = {BenchProduce.class, BenchConsume.class, BenchLatency.class})
final class BenchCommand {}
