package dev.millrace.server.command;

import picocli.CommandLine.Command;

/** The commands about consumer groups. */
@Command(
    name = "group",
    description = "List, describe and delete consumer groups.",
    subcommands = {GroupList.class, GroupDescribe.class, GroupDelete.class})
final class GroupCommand {}
