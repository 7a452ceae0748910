package dev.millrace.server.command;

import picocli.CommandLine.Command;

/** The commands about topics. */
@Command(
    name = "topic",
    description = "Create, list, describe, alter and delete topics.",
    subcommands = {
      TopicCreate.class,
      TopicList.class,
      TopicDescribe.class,
      TopicAlter.class,
      TopicDelete.class
    })
final class TopicCommand {}
