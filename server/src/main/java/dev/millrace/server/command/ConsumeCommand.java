package dev.millrace.server.command;

import dev.millrace.client.Cluster;
import picocli.CommandLine.Command;

/** {@code millrace consume TOPIC}. */
@Command(name = "consume", description = "Read records of a topic.")
final class ConsumeCommand extends Connected {
  @Override
  void run(Cluster cluster) {}
}
