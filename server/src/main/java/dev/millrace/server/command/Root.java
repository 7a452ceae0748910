package dev.millrace.server.command;

import picocli.CommandLine.Command;

/** The program itself. */
@Command(
    name = "millrace",
    description = "An event streaming platform that speaks the Kafka protocol.",
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n")
final class Root {}
