package dev.millrace.server.command;

import picocli.CommandLine.Command;

/** The commands about share groups. */
@Command(
    name = "share-group",
    description = "List, describe, reset and delete share groups.",
    subcommands = {
      ShareGroupList.class,
      ShareGroupDescribe.class,
      ShareGroupReset.class,
      ShareGroupDelete.class
    })
final class ShareGroupCommand {}
