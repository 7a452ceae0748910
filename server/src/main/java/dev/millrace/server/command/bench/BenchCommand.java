package dev.millrace.server.command.bench;

import picocli.CommandLine.Command;

/** The commands that measure. */
@Command(
    name = "bench",
    description = "Measure how fast a cluster takes and gives records from here.",
    subcommands = {BenchProduce.class, BenchConsume.class, BenchLatency.class})
public final class BenchCommand {}
