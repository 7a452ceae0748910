package dev.millrace.server.command.group;

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
public final class ShareGroupCommand {}
