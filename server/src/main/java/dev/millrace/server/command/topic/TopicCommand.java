package dev.millrace.server.command.topic;

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
public final class TopicCommand {}
