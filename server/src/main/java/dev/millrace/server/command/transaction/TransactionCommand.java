package dev.millrace.server.command.transaction;

import picocli.CommandLine.Command;

/** The commands about transactions. */
@Command(
    name = "transaction",
    description = "List transactions and abort those that hang.",
    subcommands = {TransactionList.class, TransactionFindHanging.class, TransactionAbort.class})
public final class TransactionCommand {}
